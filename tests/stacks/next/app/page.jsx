import { results } from '../ways.js';
import { InBrowser } from './in-browser.jsx';

export const dynamic = 'force-dynamic'; // computed by the running server, not by the build

export default async function Page() {
  return <main>
    <output id="server">{JSON.stringify(await results())}</output>
    <InBrowser />
  </main>;
}
