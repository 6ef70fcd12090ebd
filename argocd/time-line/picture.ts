/** A time line as a picture: a bar for each application, a mark where a wave of its objects begins. */
import type { TimeLine } from './time-line.ts';

const row = 24;
const top = 58;
const left = 110;
const width = 620;
const right = 60;

/** The picture as SVG. The same time line gives the same bytes. */
export function timeLinePicture({ cluster, applications }: TimeLine): string {
  const end = Math.max(...applications.map(({ healthy }) => healthy));
  // Some ten lines, at times that people count in.
  const step = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600].find((candidate) => end / candidate <= 10) ?? 1800;
  const x = (at: number) => round(left + (at / end) * width);
  const height = top + applications.length * row + 14;
  const grid = Array.from({ length: Math.floor(end / step) + 1 }, (_, index) => index * step).flatMap((at) => [
    `<line x1="${x(at)}" y1="${top - 8}" x2="${x(at)}" y2="${height - 10}" stroke="#e2e8f0"/>`,
    `<text x="${x(at)}" y="${top - 14}" text-anchor="middle" fill="#64748b">${at} s</text>`,
  ]);
  const bars = applications.flatMap(({ application, began, objects, synced, healthy }, index) => {
    const y = top + index * row;
    const bar = (from: number, to: number, fill: string, what: string) =>
      `<rect x="${x(from)}" y="${y}" width="${round(x(to) - x(from))}" height="${row - 8}" rx="2" fill="${fill}"><title>${application} ${what}: ${from.toFixed(1)} s to ${to.toFixed(1)} s</title></rect>`;
    const text = (at: number, anchor: string, content: string) =>
      `<text x="${at}" y="${y + 12}" text-anchor="${anchor}" fill="#1e293b">${content}</text>`;
    return [
      text(left - 8, 'end', application),
      bar(began, synced, '#60a5fa', 'is applied'),
      bar(synced, Math.max(synced, healthy), '#86efac', 'becomes healthy'),
      ...objects.map(
        ({ wave, made }) =>
          `<line x1="${x(made)}" y1="${y}" x2="${x(made)}" y2="${y + row - 8}" stroke="#1e3a8a" stroke-width="1.5"><title>wave ${wave} of ${application}: ${made.toFixed(1)} s</title></line>`,
      ),
      text(round(x(healthy) + 5), 'start', `${Math.round(healthy)} s`),
    ];
  });
  const legend = [
    { at: left, fill: '#60a5fa', text: 'is applied' },
    { at: left + 100, fill: '#86efac', text: 'becomes healthy' },
  ].flatMap(({ at, fill, text }) => [
    `<rect x="${at}" y="10" width="12" height="12" rx="2" fill="${fill}"/>`,
    `<text x="${at + 18}" y="20" fill="#1e293b">${text}</text>`,
  ]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${left + width + right} ${height}" width="${left + width + right}" height="${height}" font-family="sans-serif" font-size="12" role="img">`,
    `<title>How ${cluster} comes up from an empty cluster</title>`,
    `<rect width="100%" height="100%" fill="#ffffff"/>`,
    ...legend,
    `<line x1="${left + 236}" y1="10" x2="${left + 236}" y2="22" stroke="#1e3a8a" stroke-width="1.5"/>`,
    `<text x="${left + 244}" y="20" fill="#1e293b">a wave of its objects begins</text>`,
    ...grid,
    ...bars,
    '</svg>',
    '',
  ].join('\n');
}

const round = (value: number) => Math.round(value * 10) / 10;
