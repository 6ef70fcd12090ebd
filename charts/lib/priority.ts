/** Who is kept when a node runs short: data before services, services before batch work. */
export const priorityClasses = {
  'orchestra-data': { value: 1_000_000, meaning: 'Stores: evicted last, as everything else waits for them' },
  'orchestra-service': { value: 100_000, meaning: 'What answers requests' },
  'orchestra-batch': { value: 10_000, meaning: 'Jobs and workers, which can be run again' },
} as const;

export type PriorityClassName = keyof typeof priorityClasses;
