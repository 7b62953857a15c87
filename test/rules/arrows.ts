import { posix } from 'node:path';
import type { Import } from './read-program.ts';

/**
 * The rooms of the house, from the one that may see everything to the one that sees nothing. A file
 * imports from rooms further down, and from its own.
 */
const floors: readonly (readonly string[])[] = [
  ['test'],
  ['infra'],
  ['functions'],
  ['shared/aws', 'shared/seller'],
  ['shared/protocol', 'shared/contracts'],
  ['shared/core'],
];

const floorOf = (room: string): number => floors.findIndex((rooms) => rooms.includes(room));

const inside = (folder: string) => (path: string) => path === folder || path.startsWith(`${folder}/`);

/** The local world stands in for AWS, the chain and the seller: of the product it knows what a template says. */
const strangers = ['infra/local/aws', 'infra/local/chain', 'infra/local/seller', 'infra/local/world'];

/** Packages that one room has to itself. */
const owned: readonly { readonly packages: RegExp; readonly rooms: readonly string[] }[] = [
  { packages: /^@aws-sdk\//, rooms: ['shared/aws', 'test'] },
  { packages: /^(aws-cdk-lib|constructs)(\/|$)/, rooms: ['infra/cloud', 'test'] },
  { packages: /^vitest(\/|$)/, rooms: ['test'] },
];

/** What a rule says against an import, or nothing. */
type Rule = (file: string, target: string, imported: Import) => string | undefined;

const downwards: Rule = (file, target) => {
  const [from, to] = [roomOf(file), roomOf(target)];
  if (from === undefined) return 'comes from a room that the house does not have';
  if (to === undefined) return 'is outside the house';
  if (from === to) return undefined;
  return floorOf(to) > floorOf(from) ? undefined : `${from} may not import from ${to}`;
};

const placesApart: Rule = (file, target) => {
  const [from, to] = [placeOf(file), placeOf(target)];
  if (!file.startsWith('functions/') || to === undefined || from === to) return undefined;
  return `${from ?? 'functions/*.ts'} may not import from ${to}: what places share lies in functions/*.ts`;
};

const worldsApart: Rule = (file, target) =>
  inside('infra/cloud')(file) && inside('infra/local')(target)
    ? 'what is deployed may not import from the local world'
    : undefined;

const strangersApart: Rule = (file, target) => {
  const stranger = strangers.find((folder) => inside(folder)(file));
  return stranger !== undefined && /^(shared|functions|infra\/cloud)\//.test(target)
    ? `${stranger} may not know the product it stands beside`
    : undefined;
};

const pathRules = [downwards, placesApart, worldsApart, strangersApart];

/**
 * Everything that is wrong with what a file imports.
 * @param file from the root of the house
 * @param runtimePackages those that are there when Lambda runs
 */
export function wrongImports(
  file: string,
  imports: readonly Import[],
  runtimePackages: ReadonlySet<string>,
): string[] {
  return imports.flatMap((imported) => {
    const { from } = imported;
    const complaint = from.startsWith('.')
      ? wrongPath(file, imported)
      : wrongPackage(file, imported, runtimePackages);
    return complaint === undefined ? [] : [`${file} imports ${from}: ${complaint}`];
  });
}

function wrongPath(file: string, imported: Import): string | undefined {
  const target = posix.join(posix.dirname(file), imported.from);
  for (const rule of pathRules) {
    const complaint = rule(file, target, imported);
    if (complaint !== undefined) return complaint;
  }
  return undefined;
}

function wrongPackage(
  file: string,
  { from, typeOnly }: Import,
  runtimePackages: ReadonlySet<string>,
): string | undefined {
  if (from === '(computed)')
    return inside('test')(file) || inside('infra/local')(file)
      ? undefined
      : 'what is computed cannot be held to any rule';
  if (from.startsWith('/') || from.startsWith('file:')) return 'is a place on one machine';
  if (inside('shared/core')(file)) return from === 'zod' ? undefined : 'core knows nothing but zod';
  const room = owned.find(({ packages }) => packages.test(from));
  if (room !== undefined && !room.rooms.some((folder) => inside(folder)(file)))
    return `is for ${room.rooms.join(' and ')} only`;
  if (inside('shared/protocol')(file) && from.startsWith('node:'))
    return 'a codec has nothing to do with a platform';
  const deployed = inside('functions')(file) || inside('shared')(file);
  if (!deployed || typeOnly || from.startsWith('node:') || runtimePackages.has(packageOf(from)))
    return undefined;
  return 'is not there when Lambda runs';
}

const packageOf = (from: string): string => from.split('/', from.startsWith('@') ? 2 : 1).join('/');

const roomOf = (path: string): string | undefined =>
  floors.flat().find((room) => path.startsWith(`${room}/`));

/** The place in the flow, of a file in one. */
const placeOf = (path: string): string | undefined => /^functions\/[^/]+(?=\/)/.exec(path)?.[0];
