// Programs that a browser needs, each in a group of its own with all that it starts, and a folder that goes with them.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export class Processes {
  folder = mkdtempSync(join(tmpdir(), 'attention-browser-'));
  #children = /** @type {import('node:child_process').ChildProcess[]} */ ([]);
  #end = () => this.end();

  constructor() {
    process.once('exit', this.#end);
  }

  /**
   * Starts a program; resolves with the first match of `ready` in what it prints, by default at once.
   * @param {string} program
   * @param {string[]} args
   * @param {{ ready?: RegExp, env?: Record<string, string> }} [options]
   * @returns {Promise<RegExpExecArray>}
   */
  start(program, args, { ready = /^/, env = {} } = {}) {
    const child = spawn(program, args, {
      detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env },
    });
    this.#children.push(child);
    return new Promise((resolve, reject) => {
      let said = '';
      child.once('spawn', () => listen(''));
      const listen = (/** @type {Buffer | string} */ chunk) => {
        said = `${said}${chunk}`.slice(-10_000);
        const match = ready.exec(said);
        if (match) resolve(match);
      };
      child.stdout.on('data', listen);
      child.stderr.on('data', listen);
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${program} ended with ${code} before it was ready: ${said}`)));
    });
  }

  end() {
    process.off('exit', this.#end);
    for (const { pid } of this.#children.splice(0).reverse()) {
      try {
        if (pid) process.kill(-pid, 'SIGKILL');
      } catch {
        // it has ended by itself
      }
    }
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }
}
