// Where the browsers are; installs those that are missing, or says what to install.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @param {'firefox' | 'webkit'} name */
export function installed(name) {
  return execFileSync('bash', ['./build.sh', name], { cwd: ROOT, encoding: 'utf8' }).trim();
}
