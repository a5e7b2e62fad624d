import { results } from './ways.js';

console.log(JSON.stringify(await results()));
