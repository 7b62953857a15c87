import { runSchedule } from './schedule.ts';

/**
 * Runs one schedule of the simulator again and prints its trace: time, invocation, call, fault.
 * @param seed as a violation names it
 * @returns whether it ended without one
 */
export async function replay(seed: number, print: (line: string) => void): Promise<boolean> {
  const { jobs, faults, settlements, hash, violations } = await runSchedule(seed, print);
  print(`${jobs} jobs, ${faults} faults, ${settlements} settlements; trace ${hash}`);
  for (const violation of violations) print(violation);
  return violations.length === 0;
}
