import { type Level, levelFromName } from '@tracehub/core-sender';

/** The levels of a winston logger: name to rank, 0 is the most severe. */
export type Levels = Readonly<Record<string, number>>;

/** The server's levels by falling severity, as winston ranks. */
const BY_SEVERITY = ['FATAL', 'ERROR', 'WARN', 'INFO', 'DEBUG'] as const satisfies readonly Level[];

/** Levels do not change while a logger lives, so each name is placed once. */
const placed = new WeakMap<Levels, Map<string, Level>>();

/**
 * The server's level for a level only its logger knows, by its rank among the known names beside it: that of the
 * nearer one, on a tie the more severe; beyond the last known name one step further. With no known name at all the
 * ranks are spread evenly over FATAL to DEBUG. INFO when the logger does not have the level.
 */
export function levelFromRank(name: string, levels: Levels | undefined): Level {
  if (typeof levels !== 'object' || levels === null || typeof levels[name] !== 'number') return 'INFO';
  let known = placed.get(levels);
  if (!known) placed.set(levels, (known = new Map()));
  let level = known.get(name);
  if (!level) known.set(name, (level = place(levels[name], levels)));
  return level;
}

function place(rank: number, levels: Levels): Level {
  let above: Neighbour | undefined;
  let below: Neighbour | undefined;
  for (const [name, other] of Object.entries(levels)) {
    const level = levelFromName(name);
    if (level === undefined) continue;
    if (other <= rank && (!above || other > above.rank)) above = { rank: other, level };
    if (other >= rank && (!below || other < below.rank)) below = { rank: other, level };
  }
  if (above && below) return below.rank - rank < rank - above.rank ? below.level : above.level;
  if (above) return stepFrom(above.level, 1);
  if (below) return stepFrom(below.level, -1);
  return spread(rank, levels);
}

interface Neighbour {
  rank: number;
  level: Level;
}

function stepFrom(level: Level, step: 1 | -1): Level {
  return BY_SEVERITY[BY_SEVERITY.indexOf(level) + step] ?? level;
}

function spread(rank: number, levels: Levels): Level {
  const ranks = [...new Set(Object.values(levels))].sort((a, b) => a - b);
  if (ranks.length === 1) return 'INFO';
  const share = ranks.indexOf(rank) / (ranks.length - 1);
  return BY_SEVERITY[Math.round(share * (BY_SEVERITY.length - 1))] ?? 'INFO';
}
