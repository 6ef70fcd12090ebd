/** What Google begins, and ends later: one engine for the operations of all APIs. */
import { grpcCodes, type Status } from './answer.ts';
import type { Clock } from './clock.ts';
import type { Fields } from './route.ts';
import type { State } from './state.ts';

/** What becomes of a resource when an operation ends. Data, so that it outlives the process. */
export type Effect =
  | { readonly merge: string; readonly fields: Fields }
  /** What was kept aside is there from then on. */
  | { readonly move: string; readonly to: string }
  | { readonly remove: string };

export interface Failure {
  readonly status: Status;
  readonly message: string;
}

export interface Operation {
  readonly api: string;
  /** As the API names it, such as `projects/p/locations/l/operations/operation-1`. */
  readonly name: string;
  readonly type: string;
  /** Name of what it changes, within the API. */
  readonly target: string;
  /** How often it must be looked at before it is done. */
  readonly looks: number;
  readonly done: boolean;
  readonly failure?: Failure;
  readonly startTime: string;
  readonly endTime?: string;
  readonly onDone: readonly Effect[];
  readonly onFailure: readonly Effect[];
  /** What the API puts into the operation besides. */
  readonly more: Fields;
}

export interface Start {
  readonly api: string;
  /** Given the number of the operation. */
  readonly name: (number: number) => string;
  readonly type: string;
  readonly target: string;
  readonly onDone?: readonly Effect[];
  readonly onFailure?: readonly Effect[];
  readonly more?: Fields;
}

const key = (api: string, name: string) => `//internal/operations/${api}/${name}`;

export class Operations {
  readonly #state: State;
  readonly #clock: Clock;
  readonly #looks = new Map<string, number>();
  #defaultLooks = 1;
  /** Of the request that is being served: the operation that it starts is to fail. */
  #failure: Failure | undefined;

  constructor(state: State, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  /**
   * How often operations that begin from now on must be looked at before they are done: 0 answers the first request with a
   * finished one, Infinity never ends. A look is a GET of the operation, or any other GET of its API.
   * @param api such as `container`; @default all that have no number of their own
   */
  setLooks(looks: number, api?: string): void {
    if (api === undefined) this.#defaultLooks = looks;
    else this.#looks.set(api, looks);
  }

  /** Lets what runs end now, whatever number of looks it wants. */
  finishAll(): void {
    for (const operation of this.#running()) this.#finish(operation);
  }

  /** While `serve` runs, operations begin only to fail. */
  failing<T>(failure: Failure | undefined, serve: () => T): T {
    this.#failure = failure;
    try {
      return serve();
    } finally {
      this.#failure = undefined;
    }
  }

  start({ api, name, type, target, onDone = [], onFailure = [], more = {} }: Start): Operation {
    const looks = this.#looks.get(api) ?? this.#defaultLooks;
    const operation: Operation = {
      api,
      name: name(this.#state.next('operation')),
      type,
      target,
      // JSON has no Infinity.
      looks: Math.min(looks, Number.MAX_SAFE_INTEGER),
      done: false,
      startTime: this.#clock.timestamp(),
      onDone,
      onFailure,
      more,
      ...(this.#failure && { failure: this.#failure }),
    };
    return looks === 0 ? this.#finish(operation) : this.#save(operation);
  }

  /** One operation, looked at once. */
  look(api: string, name: string): Operation | undefined {
    const found = this.get(api, name);
    return found && !found.done ? this.#looked(found) : found;
  }

  /** Everything of an API that runs is looked at once. */
  lookAround(api: string): void {
    for (const operation of this.#running()) if (operation.api === api) this.#looked(operation);
  }

  get(api: string, name: string): Operation | undefined {
    return this.#state.get(key(api, name)) as Operation | undefined;
  }

  list(api: string): readonly Operation[] {
    return this.#all().filter((operation) => operation.api === api);
  }

  /** The one that changes this resource, or what is in it, now. */
  running(api: string, target: string): Operation | undefined {
    return this.#running().find(
      (operation) =>
        operation.api === api && (operation.target === target || operation.target.startsWith(`${target}/`)),
    );
  }

  #all(): readonly Operation[] {
    return this.#state.below('//internal/operations/') as unknown as readonly Operation[];
  }

  #running(): readonly Operation[] {
    return this.#all().filter(({ done }) => !done);
  }

  #looked(operation: Operation): Operation {
    const looks = operation.looks - 1;
    return looks <= 0 ? this.#finish({ ...operation, looks }) : this.#save({ ...operation, looks });
  }

  #finish(operation: Operation): Operation {
    for (const effect of operation.failure ? operation.onFailure : operation.onDone) {
      if ('remove' in effect) this.#state.remove(effect.remove);
      else if ('move' in effect) this.#state.move(effect.move, effect.to);
      else this.#state.merge(effect.merge, effect.fields);
    }
    return this.#save({ ...operation, done: true, endTime: this.#clock.timestamp() });
  }

  #save(operation: Operation): Operation {
    this.#state.set(key(operation.api, operation.name), { ...operation });
    return operation;
  }
}

/** As most APIs show an operation. @see https://cloud.google.com/apis/design/standard_methods (google.longrunning) */
export function longRunning(operation: Operation, response: Fields | undefined): Fields {
  const { name, done, failure, target, type, startTime, endTime, more } = operation;
  const metadata = { '@type': 'type.googleapis.com/google.protobuf.Struct', createTime: startTime, target, verb: type };
  return {
    name,
    metadata: { ...metadata, ...(endTime && { endTime }), ...more },
    done,
    ...(done && failure && { error: { code: grpcCodes[failure.status], message: failure.message } }),
    ...(done && !failure && { response: { '@type': 'type.googleapis.com/google.protobuf.Struct', ...response } }),
  };
}
