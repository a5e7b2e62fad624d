/**
 * A script as it may stand within a page: what looks like a tag in its strings would begin or end one.
 * @param {string} code
 */
export const inline = (code) => code.replace(/<(?=\/?script|!--)/gi, '\\x3c');
