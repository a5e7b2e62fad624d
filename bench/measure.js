// Timing one contender. A sample is the mean of as many calls as fit into a time that is long against the clock's
// resolution (5 µs to 1 ms in browsers).

const PARTS = 20;

/** Calls in a row; awaits only what is a promise, since an await costs as much as a small attention. */
async function repeat(run, calls) {
  const started = performance.now();
  for (let call = 0; call < calls; call++) {
    const result = run();
    if (typeof result?.then === 'function') await result;
  }
  return (performance.now() - started) / 1000;
}

/** Seconds a call, soon but roughly: the best of three parts long enough for a coarse clock. For choosing alone. */
export async function estimate(run) {
  let best = await repeat(run, 1);
  for (let calls = 1; calls * best < 0.01; calls *= 2) best = Math.min(best, await repeat(run, calls) / calls);
  for (let part = 0; part < 3; part++) {
    const calls = Math.ceil(0.01 / best);
    const seconds = await repeat(run, calls);
    best = Math.min(best, seconds / calls);
    if (seconds > 0.3) break;
  }
  return best;
}

/**
 * Runs it until the engine has compiled it well, and finds how many calls make up a part of a sample. Engines compile
 * hot functions anew in the background, hence a time rather than a number of calls.
 * @returns {Promise<{ batch: number, seconds?: number }>} `seconds` only for a call so slow that it was its own warm-up
 *   and shall not be repeated
 */
export async function warmUp(run, milliseconds) {
  const SLOW = 3;
  const first = await repeat(run, 1);
  if (first > SLOW) return { batch: 1, seconds: first };
  const until = performance.now() + 2 * milliseconds;
  let batch = 1;
  let seconds = first;
  while (performance.now() < until || seconds * 1000 < milliseconds / PARTS) {
    if (seconds * 1000 < milliseconds / PARTS) batch *= 2;
    seconds = await repeat(run, batch);
  }
  return { batch };
}

/** Seconds a call. */
export async function measure(run, batch, milliseconds) {
  let calls = 0;
  let seconds = await repeat(run, batch);
  // Caches hold what others left there: the first calls don't count, unless they are long enough for that not to.
  if (seconds * 1000 < milliseconds / 4) seconds = 0;
  else calls = batch;
  while (seconds * 1000 < milliseconds) {
    seconds += await repeat(run, batch);
    calls += batch;
  }
  return seconds / calls;
}
