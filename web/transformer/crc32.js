const TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = (byte >>> 1) ^ (byte & 1 ? 0xedb88320 : 0);
  return byte;
});

/**
 * CRC-32 as in PNG, zip and Ethernet (ISO-HDLC: polynomial 04C11DB7, reflected): finds any error within 32 bits.
 * @param {Uint8Array} bytes
 * @returns {number} 0 … 2^32 - 1
 */
export function crc32(bytes) {
  let sum = -1;
  for (let i = 0; i < bytes.length; i++) sum = (sum >>> 8) ^ TABLE[(sum ^ bytes[i]) & 255];
  return ~sum >>> 0;
}
