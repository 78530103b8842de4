/**
 * What a run of the smoke plan shows to be broken: a cell that died, lost a record, or gave no figure. No figure is
 * judged. @param {import('./results.mjs').Results} results @param {readonly import('./plans.mjs').Step[]} steps
 */
export function smokeFaults(results, steps) {
  const faults = results.faults();
  const wanted = {
    burst: 'mainUs',
    'paced, server hung': 'delayP99Ms',
    load: 'loadMs',
    'process.exit': 'safe',
  };
  for (const { measure, subjects } of steps) {
    for (const subject of subjects) {
      const isFloor = / floor/.test(subject);
      const hasAll = (metric) => results.spread(measure, subject, metric)?.least === 1;
      if (!results.spread(measure, subject, wanted[measure]))
        faults.push(`${subject}, ${measure}: no figure`);
      if (measure === 'burst' && !isFloor && !hasAll('delivered'))
        faults.push(`${subject}: not all delivered`);
      if (measure === 'process.exit' && !hasAll('safe')) faults.push(`${subject}, ${measure}: lost records`);
    }
  }
  return faults;
}
