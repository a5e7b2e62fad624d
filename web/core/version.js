/** The version of this package. */
export const VERSION = '0.1.0';

/** ATTENTION_INTERFACE of c_src/attention.h: what a binary must report to fit this JavaScript. */
export const INTERFACE = 3;
