import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, in this order: most of it they wait. A fresh clone has no memory of what took how long. */
const longest = [
  'flow/faults',
  'flow/crashes',
  'infra/booth/start',
  'infra/cli/booth',
  'flow/',
  'infra/seller/buy-everything',
  'infra/cli/',
  'functions/crashes',
];

const rankOf = ({ moduleId }: TestSpecification): number => {
  const rank = longest.findIndex((part) => moduleId.includes(`/test/${part}`));
  return rank < 0 ? longest.length : rank;
};

/** Begins with what takes longest, so that no worker is left alone with it at the end. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((one, other) => rankOf(one) - rankOf(other));
  }
}
