// Times and answers as each version of SCORM writes them.

/** @import { Version } from './platform.js' */

const pad = (/** @type {number} */ number, length = 2) => String(number).padStart(length, '0');
const LONGEST = 9999 * 3600 + 3599.99; // the most that 1.2 has digits for

/**
 * A length of time: HHHH:MM:SS.SS, or PT1H2M3.45S.
 * @param {Version} version
 * @param {number} milliseconds
 */
export function timespan(version, milliseconds) {
  const hundredths = Math.round(Math.min(Math.max(milliseconds / 1000 || 0, 0), LONGEST) * 100);
  const [hours, minutes, rest] = [hundredths / 360_000, (hundredths / 6000) % 60, hundredths % 6000].map(Math.floor);
  const seconds = `${Math.floor(rest / 100)}.${pad(rest % 100)}`;
  return version === '1.2' ? `${pad(hours, 4)}:${pad(minutes)}:${seconds.padStart(5, '0')}`
    : `PT${hours}H${minutes}M${seconds}S`;
}

/**
 * A moment: HH:MM:SS of the day, or 2026-11-21T10:30:00.25Z (only after a fraction may a zone be named).
 * @param {Version} version
 * @param {Date} moment
 */
export function timestamp(version, moment) {
  return version === '1.2' ? [moment.getHours(), moment.getMinutes(), moment.getSeconds()].map((part) => pad(part)).join(':')
    : `${moment.toISOString().slice(0, 22)}Z`;
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** A choice by its place: one character is all that 1.2 takes. @param {number} index */
export const letter = (index) => LETTERS[index] ?? '';
