/**
 * The objects as a cdk8s app, run by the cdk8s CLI: a chart for each application, in a file of its own, that takes what
 * differs between environments from a file of settings. Plain JavaScript, which spares the CLI's run a compiler.
 */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { copyName, environmentNames, placeholder, placeholders, type SharedObject } from './objects.ts';
import type { Renderer } from './renderer.ts';

/**
 * Writes the app. Each copy is an `App` of its own, as further regions would be: for each chart, cdk8s resolves the whole
 * `App` again, and one for all would take minutes at 100 copies.
 */
export function cdk8s(root: string, objects: readonly SharedObject[], copies: number, folder: string): Renderer[] {
  mkdirSync(join(folder, 'charts'), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{ "name": "orchestra", "private": true, "type": "module" }\n');
  writeFileSync(join(folder, 'cdk8s.yaml'), 'language: typescript\napp: node main.js\noutput: dist\n');
  const applications = Map.groupBy(objects, ({ application }) => application);
  for (const [application, own] of applications)
    writeFileSync(join(folder, 'charts', `${application}.js`), chart(application, own));
  const environments = environmentNames(objects);
  for (const environment of environments)
    writeFileSync(join(folder, `${environment}.js`), settingsOf(applications, environment));
  writeFileSync(join(folder, 'main.js'), main([...applications.keys()], environments, copies));
  const bin = join(root, 'node_modules/.bin');
  return [
    {
      name: 'cdk8s synth',
      writes: true,
      ownFolder: join(folder, 'dist'),
      steps: () => [
        {
          file: join(bin, 'node'),
          // Without the option, every run asks the package registry for its newest version.
          args: [join(bin, 'cdk8s'), 'synth', '--check-upgrade=false'],
          cwd: folder,
          env: { PATH: `${bin}:${process.env.PATH}` },
        },
      ],
    },
  ];
}

const className = (application: string) =>
  application.replace(/(?:^|-)([a-z])/g, (_, letter: string) => letter.toUpperCase());

function chart(application: string, objects: readonly SharedObject[]): string {
  const statements = objects.map(({ template, settings, manifests }, index) => {
    const known = new Set(settings.map(({ name }) => placeholder(name)));
    const literal = JSON.stringify({ ...template, metadata: { ...template.metadata, name: '__name__' } }, null, 2)
      .replace(/"(__setting[0-9]+__)"/g, (text, own: string) =>
        known.has(own) ? `settings.${placeholders.exec(own)?.[1]}` : text,
      )
      .replace('"__name__"', `named(${nameOf(template.metadata.name)})`);
    return `    if (${JSON.stringify(Object.keys(manifests))}.includes(environment)) new ApiObject(this, 'object${index}', ${literal});`;
  });
  return `import { ApiObject, Chart } from 'cdk8s';
export class ${className(application)} extends Chart {
  constructor(scope, id, { environment, settings, copy }) {
    super(scope, id, { disableResourceNameHashes: true });
    const named = (name) => (copy === 1 ? name : \`\${name}-r\${copy}\`);
${statements.join('\n')}
  }
}
`;
}

const nameOf = (name: string) => {
  const setting = placeholders.exec(name)?.[1];
  return setting ? `settings.${setting}` : JSON.stringify(copyName(name, 1));
};

/** The settings of an environment by application; a setting that it leaves out is undefined, which cdk8s leaves out. */
function settingsOf(applications: ReadonlyMap<string, readonly SharedObject[]>, environment: string): string {
  const settings = [...applications].map(([application, objects]) => [
    application,
    Object.fromEntries(
      objects.flatMap(({ settings }) => settings.map(({ name, values }) => [name, values[environment]])),
    ),
  ]);
  return `export default ${JSON.stringify(Object.fromEntries(settings), null, 2)};\n`;
}

function main(applications: readonly string[], environments: readonly string[], copies: number): string {
  return `import { App } from 'cdk8s';
${applications.map((name) => `import { ${className(name)} } from './charts/${name}.js';`).join('\n')}
${environments.map((name) => `import ${name} from './${name}.js';`).join('\n')}
const charts = { ${applications.map((name) => `${JSON.stringify(name)}: ${className(name)}`).join(', ')} };
for (const [environment, settings] of Object.entries({ ${environments.join(', ')} }))
  for (let copy = 1; copy <= ${copies}; copy++) {
    const app = new App({ outdir: \`\${process.env.CDK8S_OUTDIR}/\${environment}-\${copy}\` });
    for (const [name, Application] of Object.entries(charts))
      new Application(app, name, { environment, settings: settings[name], copy });
    app.synth();
  }
`;
}
