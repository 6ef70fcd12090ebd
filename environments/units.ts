/**
 * Values with units. A setting is never a bare number or string whose unit lives in somebody's head:
 * `Duration.hours(1)`, `Size.gibibytes(20)`, `Cpu.millis(500)`, `Budget.usdPerMonth(600)`.
 */
export { Duration, Size } from 'cdk8s';

/** CPU time, in thousandths of a core. cdk8s-plus has such a class too, but importing it costs 30 ms at every start. */
export class Cpu {
  /** Thousandths of a core. */
  readonly millis: number;

  private constructor(millis: number) {
    this.millis = millis;
  }

  /** @param amount thousandths of a core: 500 is half a core */
  static millis(amount: number): Cpu {
    return new Cpu(amount);
  }

  /** @param amount whole cores; fractions are allowed down to a thousandth */
  static cores(amount: number): Cpu {
    return new Cpu(Math.round(amount * 1000));
  }

  /** The Kubernetes quantity: `2` for two cores, `500m` for half a core. */
  asString(): string {
    return this.millis % 1000 === 0 ? String(this.millis / 1000) : `${this.millis}m`;
  }
}

/** An amount of money to spend in a month. */
export class Budget {
  /** US dollars a month. */
  readonly usd: number;

  private constructor(usd: number) {
    this.usd = usd;
  }

  /** @param usd US dollars a month */
  static usdPerMonth(usd: number): Budget {
    return new Budget(usd);
  }

  asString(): string {
    return `$${this.usd} a month`;
  }
}
