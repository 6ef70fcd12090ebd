/** The table of docs/bootstrap.md: what hardens the cluster, by which flag, with the benchmark's number. */
import { type Hardening, hardening, nodeHardening } from '../steps/hardening.ts';

const project = 'PROJECT';

const row = ({ setting, create, cis, value }: Hardening) =>
  `| ${setting} | ${create.map((flag) => `\`${flag}\``).join(' ')} | ${cis ?? ''} | \`${value}\` |`;

/** Markdown, with `PROJECT` and `LOCATION` where they stand. */
export const hardeningTable = (): string =>
  [
    '| setting | flag | CIS | value in GKE |',
    '|---|---|---|---|',
    ...hardening({
      project,
      privateNodes: true,
      key: `projects/${project}/locations/LOCATION/keyRings/orchestra/cryptoKeys/etcd`,
    }).map(row),
    ...nodeHardening(`orchestra-nodes@${project}.iam.gserviceaccount.com`).map(row),
  ].join('\n');
