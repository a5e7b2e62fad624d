// The WebAssembly memory of an instance: the only file that creates, grows or divides it.
//
// Blocks are handed out first-fit from a sorted list of free ranges. The bookkeeping stays on this side, so
// the C core needs no allocator and a stray write there can't corrupt it. Growing detaches every view, so
// nobody else keeps one: `f32` and its like are replaced here, and callers read them again after allocating.
// Where threads share the memory, growing detaches nothing: views taken before still show their part of it.

import { AttentionError, wrong } from './errors.js';

const PAGE = 65536;
const INITIAL_PAGES = 16;
const MOST_PAGES = 65536;
// Memory never shrinks and growing detaches views, so it grows by 1 MB at least.
const GROWTH_PAGES = 16;
const ALIGNMENT = 16;
const NONE = new ArrayBuffer(0);

/** @import { Data } from './inputs.js' */
/** @import { Floats } from './tensor.js' */

/** @typedef {{ start: number, size: number }} Range */

export class Memory {
  /**
   * A `WebAssembly.Memory`, for the import of the module.
   * @type {{ readonly buffer: ArrayBuffer, grow(pages: number): number }}
   */
  handle;
  /** @type {Range[]} by address, never adjacent, never empty */
  #free = [];
  /** @type {Map<number, number>} address of a block in use → its size */
  #blocks = new Map();
  #used = 0;
  #shared;
  #mostPages = MOST_PAGES;
  closed = false;

  /** @type {WeakSet<ArrayBufferLike>} what `buffer` has been, in shared memory */
  #buffers = new WeakSet();

  /** Views of the whole memory, replaced when it grows. */
  /** @type {ArrayBufferLike} */ buffer = NONE;
  f32 = new Float32Array(this.buffer);
  f64 = new Float64Array(this.buffer);
  i32 = new Int32Array(this.buffer);
  u8 = new Uint8Array(this.buffer);

  /** @param {{ shared?: boolean }} [options] shared: for threads */
  constructor({ shared = false } = {}) {
    this.#shared = shared;
    this.handle = shared ? this.#createShared() : new WebAssembly.Memory({ initial: INITIAL_PAGES });
    this.#takeViews(this.handle.buffer);
  }

  /**
   * A memory that threads can share must say how large it may become, and some systems refuse to set that much
   * address space aside: iOS most of all.
   */
  #createShared() {
    for (;; this.#mostPages /= 2) {
      try {
        return new WebAssembly.Memory({ initial: INITIAL_PAGES, maximum: this.#mostPages, shared: true });
      } catch (cause) {
        if (this.#mostPages === INITIAL_PAGES) throw outOfMemory(INITIAL_PAGES * PAGE, cause);
      }
    }
  }

  /** @param {ArrayBufferLike} buffer */
  #takeViews(buffer) {
    this.buffer = buffer;
    if (this.#shared) this.#buffers.add(buffer);
    this.f32 = new Float32Array(buffer);
    this.f64 = new Float64Array(buffer);
    this.i32 = new Int32Array(buffer);
    this.u8 = new Uint8Array(buffer);
  }

  /**
   * Opens the heap, once the module has said where its own data and stack end.
   * @param {number} heapBase
   */
  open(heapBase) {
    const start = roundUp(heapBase, ALIGNMENT);
    this.#free = [{ start, size: this.buffer.byteLength - start }];
  }

  /** Gives the memory back: it's collected as soon as nobody holds a view. */
  close() {
    this.closed = true;
    this.#free = [];
    this.#blocks.clear();
    this.#used = 0;
    this.handle = /** @type {any} */ (undefined);
    this.#takeViews(NONE);
  }

  /** Bytes in blocks that are in use. */
  get used() {
    return this.#used;
  }

  /** Bytes the memory spans. */
  get reserved() {
    return this.buffer.byteLength;
  }

  /**
   * A block of at least `bytes`, aligned to 16, contents undefined. May replace the views.
   * @param {number} bytes
   * @returns {number} its address, never 0
   */
  allocate(bytes) {
    const size = Math.max(ALIGNMENT, roundUp(bytes, ALIGNMENT));
    let index = this.#firstFit(size);
    if (index < 0) index = this.#grow(size);
    const range = this.#free[index];
    const address = range.start;
    range.start += size;
    range.size -= size;
    if (range.size === 0) this.#free.splice(index, 1);
    this.#blocks.set(address, size);
    this.#used += size;
    return address;
  }

  /**
   * A block for as long as the memory lives, which doesn't count as used.
   * @param {number} bytes
   * @returns {number} its address
   */
  reserve(bytes) {
    const address = this.allocate(bytes);
    this.#used -= /** @type {number} */ (this.#blocks.get(address));
    this.#blocks.delete(address);
    return address;
  }

  /**
   * Takes back a block.
   * @param {number} address
   */
  release(address) {
    const size = this.#blocks.get(address);
    if (size === undefined) return;
    this.#blocks.delete(address);
    this.#used -= size;
    this.#putBack(address, size);
  }

  /** @param {number} size */
  #firstFit(size) {
    for (let i = 0; i < this.#free.length; i++) {
      if (this.#free[i].size >= size) return i;
    }
    return -1;
  }

  /**
   * Returns a range to the free list, joined with its neighbours.
   * @param {number} start
   * @param {number} size
   */
  #putBack(start, size) {
    const free = this.#free;
    let next = 0;
    while (next < free.length && free[next].start < start) next++;
    const before = free[next - 1];
    const after = free[next];
    const joinsBefore = before !== undefined && before.start + before.size === start;
    const joinsAfter = after !== undefined && start + size === after.start;
    if (joinsBefore) {
      before.size += size + (joinsAfter ? after.size : 0);
      if (joinsAfter) free.splice(next, 1);
    } else if (joinsAfter) {
      after.start = start;
      after.size += size;
    } else {
      free.splice(next, 0, { start, size });
    }
  }

  /**
   * Grows until a block of `size` fits at the end.
   * @param {number} size
   * @returns {number} index of the free range at the end
   */
  #grow(size) {
    const end = this.buffer.byteLength;
    const last = this.#free[this.#free.length - 1];
    const spare = last !== undefined && last.start + last.size === end ? last.size : 0;
    const needed = Math.ceil((size - spare) / PAGE);
    // The last page stays unused: the address behind a block at the very end would be 0.
    const pages = Math.min(Math.max(needed, GROWTH_PAGES), this.#mostPages - 1 - end / PAGE);
    if (pages < needed) throw outOfMemory(size);
    try {
      this.handle.grow(pages);
    } catch (cause) {
      throw outOfMemory(size, cause);
    }
    this.#takeViews(this.handle.buffer);
    this.#putBack(end, pages * PAGE);
    return this.#free.length - 1;
  }

  /**
   * The address of a view that lies in this memory, or 0 for one that lies elsewhere.
   * @param {ArrayBufferView | Data} view
   * @param {string} argument
   */
  addressOf(view, argument) {
    if (view.buffer !== this.buffer && !this.#buffers.has(view.buffer)) return 0;
    const exact = this.#blocks.get(view.byteOffset);
    if (exact !== undefined && view.byteLength <= exact) return view.byteOffset;
    const end = view.byteOffset + view.byteLength;
    for (const [start, size] of this.#blocks) {
      if (view.byteOffset >= start && end <= start + size) return view.byteOffset;
    }
    // A view kept from a tensor that is gone; its bytes belong to nobody or to somebody else.
    throw wrong('disposed', argument, 'a tensor in use', 'one disposed of');
  }

  /**
   * Copies data that lies at `address` here, or elsewhere when that is 0, to an address here. In the first
   * case `data` may be a view that growing has detached meanwhile, which is why the length is given.
   * @param {Data} data
   * @param {number} address
   * @param {number} to
   * @param {number} bytes
   */
  copyIn(data, address, to, bytes) {
    if (address !== 0) this.u8.copyWithin(to, address, address + bytes);
    else if (data instanceof Float32Array) this.f32.set(data, to >>> 2);
    else this.u8.set(new Uint8Array(data.buffer, data.byteOffset, bytes), to);
  }

  /**
   * A copy of `length` floats, in a buffer of its own that is never shared.
   * @param {number} address
   * @param {number} length
   * @returns {Floats}
   */
  copyOut(address, length) {
    const from = address >>> 2;
    try {
      return this.f32.slice(from, from + length);
    } catch (cause) {
      throw outOfMemory(length * 4, cause);
    }
  }
}

/**
 * @param {number} bytes
 * @param {number} multiple
 */
function roundUp(bytes, multiple) {
  return Math.ceil(bytes / multiple) * multiple;
}

/**
 * @param {number | string} bytes
 * @param {unknown} [cause]
 */
export function outOfMemory(bytes, cause) {
  return new AttentionError('out-of-memory', {
    expected: `${bytes} bytes`,
    actual: 'no room for them',
    message: `Out of memory: a block of ${bytes} bytes was needed. WebAssembly has 4 GB at most; ` +
      'split the batch or the heads over several calls, and dispose of tensors that are done with.',
    cause,
  });
}
