// Time, and the lines that are printed.

export class Timer {
  #wall = process.hrtime.bigint();
  #cpu = process.cpuUsage();

  wallMs() {
    return Number(process.hrtime.bigint() - this.#wall) / 1e6;
  }

  // Of all threads: the compiler's and the garbage collector's too.
  cpuMs() {
    const { user, system } = process.cpuUsage(this.#cpu);
    return (user + system) / 1000;
  }
}

export const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

const rounded = (value) => (Number.isFinite(value) ? Math.round(value * 1000) / 1000 : value);

export const printLine = (fields) =>
  console.log(
    JSON.stringify(Object.fromEntries(Object.entries(fields).map(([k, v]) => [k, rounded(v)]))),
  );
