/** What every call of a port goes through: it decides when the effect happens, and what of it is seen. */
export type Gate = <Value>(
  name: string,
  args: readonly unknown[],
  effect: () => Promise<Value>,
) => Promise<Value>;

/** The same port behind a gate; its calls are named after it, such as `ledger.write`. */
export function gated<Port extends object>(name: string, port: Port, gate: Gate): Port {
  const cache = new Map<string | symbol, unknown>();
  return new Proxy(port, {
    get(target, member) {
      const known = cache.get(member);
      if (known) return known;
      const value: unknown = Reflect.get(target, member);
      if (typeof value !== 'function') return value;
      const full = `${name}.${String(member)}`;
      const call = (...args: unknown[]): Promise<unknown> =>
        gate(full, args, async () => Reflect.apply(value, target, args));
      cache.set(member, call);
      return call;
    },
  });
}
