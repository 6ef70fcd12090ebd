/** How sure a reading is. */
import type { Sketch } from '../language/grammar/sketch.ts';
import type { Reading } from './build.ts';

/** Share of the confidence that stays for each unmatched word: with one, no answer is given. */
const UNMATCHED = 0.6;
/** For each word that is only taken to lean on its neighbours. */
const GUESS = 0.92;
/** How much a reading loses by the names that it stretches. */
const STRETCH = 0.35;
/** Where another reading is as near and gives another query. */
const RIVAL = 0.85;

/** From 0 to 1. */
export function confidenceOf(sketch: Sketch, reading: Reading, rival: Reading | undefined): number {
  const doubts = reading.doubts.reduce((product, { weight }) => product * (1 - weight), 1);
  const words = UNMATCHED ** sketch.unmatched.length * GUESS ** sketch.guesses.length;
  const stretch = Math.max(0, 1 - STRETCH * Math.max(0, reading.cost));
  const rivalled = rival && rival.cost - reading.cost < 0.04 ? RIVAL : 1;
  return Number((doubts * words * stretch * rivalled).toFixed(3));
}
