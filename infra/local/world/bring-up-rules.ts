import { randomUUID } from 'node:crypto';
import type { Place } from '../aws/call.ts';
import type { BusEvent, EventBuses } from '../aws/event-buses.ts';
import { compilePattern } from '../aws/event-pattern.ts';
import type { QueuesAndBuckets } from '../aws/queues-and-buckets.ts';
import type { LambdaRuntime } from './lambda-runtime.ts';
import type { LogLine } from './log-line.ts';
import type { Resource } from './resolve-stacks.ts';

type Target = {
  Arn: string;
  Input?: string;
  InputPath?: string;
  InputTransformer?: unknown;
  SqsParameters?: { MessageGroupId?: string };
};

export type Rules = {
  /** Fires a scheduled rule now and waits for its targets. */
  tick(logicalId: string): Promise<void>;
  stop(): void;
};

export type RuleWiring = {
  readonly place: Place;
  readonly buses: EventBuses;
  readonly queues: QueuesAndBuckets;
  readonly runtime: LambdaRuntime;
  /** `manual`: schedules fire by `tick` only. */
  readonly schedules: 'real' | 'manual';
  log(line: LogLine): void;
};

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

function periodMs(expression: string): number {
  const [, count, unit] = /^rate\((\d+) (minute|hour|day)s?\)$/.exec(expression) ?? [];
  const ms = UNIT_MS[unit ?? ''];
  if (ms === undefined) throw new Error(`the schedule ${expression} is not understood: only rate(…)`);
  return Number(count) * ms;
}

/** What a target receives: its constant Input, the part at InputPath, or the whole event. */
function payloadFor(target: Target, event: unknown): unknown {
  if (target.Input !== undefined) return JSON.parse(target.Input);
  const steps = (target.InputPath ?? '$').split('.').slice(1);
  return steps.reduce<unknown>(
    (value, step) => (value as Record<string, unknown> | undefined)?.[step],
    event,
  );
}

function compileTarget(
  resource: Resource,
  target: Target,
  wiring: RuleWiring,
): (event: unknown) => Promise<void> {
  const fail = (what: string): never => {
    throw new Error(`${resource.stackName}/${resource.logicalId}: ${what}`);
  };
  if (target.InputTransformer !== undefined) fail('InputTransformer is not emulated');
  const { Arn: arn } = target;
  if (arn.includes(':lambda:')) {
    const { id } = wiring.runtime.find(arn);
    return async (event) => {
      await wiring.runtime.invoke(id, payloadFor(target, event));
    };
  }
  if (arn.includes(':sqs:')) {
    const queueName = arn.split(':').at(-1) ?? '';
    wiring.queues.queue(queueName);
    return async (event) => {
      const body = JSON.stringify(payloadFor(target, event));
      wiring.queues.send(queueName, body, 'events.amazonaws.com', target.SqsParameters?.MessageGroupId);
    };
  }
  if (arn.includes(':logs:')) {
    return async (event) => {
      const text = JSON.stringify(payloadFor(target, event));
      wiring.log({ at: Date.now(), functionId: undefined, requestId: undefined, text });
    };
  }
  return fail(`a rule's target ${arn} is not emulated`);
}

function scheduledEvent(resource: Resource, place: Place): BusEvent {
  return {
    version: '0',
    id: randomUUID(),
    'detail-type': 'Scheduled Event',
    source: 'aws.events',
    account: place.accountId,
    time: `${new Date().toISOString().slice(0, 19)}Z`,
    region: place.region,
    resources: [resource.attributes.Arn ?? ''],
    detail: {},
  };
}

/** Creates the buses and the rules of the templates: patterns on buses, `rate` schedules by real timers. */
export function bringUpRules(resources: readonly Resource[], wiring: RuleWiring): Rules {
  const timers: NodeJS.Timeout[] = [];
  const schedules = new Map<string, () => Promise<void>>();
  for (const resource of resources) {
    if (resource.type === 'AWS::Events::EventBus') wiring.buses.addBus(resource.ref);
  }
  for (const resource of resources) {
    if (resource.type !== 'AWS::Events::Rule') continue;
    const { EventBusName, EventPattern, ScheduleExpression, State, Targets } = resource.properties;
    const targets = ((Targets ?? []) as Target[]).map((target) => compileTarget(resource, target, wiring));
    const deliver = async (event: unknown) => {
      await Promise.all(targets.map((target) => target(event)));
    };
    if (typeof ScheduleExpression === 'string') {
      const fire = () => deliver(scheduledEvent(resource, wiring.place));
      const everyMs = periodMs(ScheduleExpression);
      schedules.set(resource.logicalId, fire);
      if (wiring.schedules === 'real' && State !== 'DISABLED') {
        timers.push(setInterval(() => void fire().catch(() => undefined), everyMs));
      }
    }
    if (EventPattern === undefined || State === 'DISABLED') continue;
    const matches = compilePattern(EventPattern);
    const busName =
      String(EventBusName ?? 'default')
        .split('event-bus/')
        .at(-1) ?? 'default';
    wiring.buses.addRule({ busName, matches, deliver });
  }
  return {
    async tick(logicalId) {
      const names = [...schedules.keys()].filter((name) => name.startsWith(logicalId));
      const [name] = names;
      const fire = name === undefined ? undefined : schedules.get(name);
      if (fire === undefined || names.length > 1) {
        throw new Error(`${names.length} scheduled rules start with ${logicalId}`);
      }
      await fire();
    },
    stop: () => {
      for (const timer of timers) clearInterval(timer);
    },
  };
}
