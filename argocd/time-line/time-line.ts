/** What became ready when, as a cluster came up: of one run, which a test records and a picture shows. */
import * as z from 'zod';

const seconds = z.number().min(0);

const applicationTimes = z.object({
  application: z.string(),
  /** Of the application among the others. */
  wave: z.int(),
  /** When the root made the Application. */
  began: seconds,
  /** When the first object of each wave within the application was made. */
  objects: z.array(z.object({ wave: z.int(), made: seconds })),
  /** When the cluster was as git says. */
  synced: seconds,
  /** When all of it was healthy, too. */
  healthy: seconds,
});

const schema = z.object({
  /** Folder of the cluster below dist/. */
  cluster: z.string(),
  /** In the order in which they come up. Times are in seconds after the root was applied. */
  applications: z.array(applicationTimes).min(1),
});

export type ApplicationTimes = Readonly<z.output<typeof applicationTimes>>;
export type TimeLine = Readonly<z.output<typeof schema>>;

/** A time line that a run has written. @throws ZodError */
export const parseTimeLine = (text: string): TimeLine => schema.parse(JSON.parse(text));

const time = (at: number) => `${at.toFixed(1)} s`;

/** Head and rows of a table. */
export function timeTable({ applications }: TimeLine): { head: string[]; rows: string[][] } {
  return {
    head: ['application', 'wave', 'began', 'objects made, by wave', 'synced', 'healthy'],
    rows: applications.map(({ application, wave, began, objects, synced, healthy }) => [
      application,
      String(wave),
      time(began),
      objects.map(({ wave, made }) => `${wave}: ${time(made)}`).join(', '),
      time(synced),
      time(healthy),
    ]),
  };
}
