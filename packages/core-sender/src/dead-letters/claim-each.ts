import { systemClock } from '../clock.ts';
import { Warnings } from '../report/warnings.ts';
import { Lease } from './lease.ts';
import { SegmentCatalog } from './segment-catalog.ts';
import { SegmentClaim } from './segment-claim.ts';

/**
 * Takes each segment that waits in `directory` in turn, under a lease, so that no app sends what is being looked at;
 * first takes over what dead owners left. `visit` ends the claim itself; if it throws, the segment is put back and
 * the error passed on.
 */
export async function claimEach(
  directory: string,
  emitWarning: (warning: Error) => void,
  visit: (claim: SegmentClaim) => Promise<void>,
): Promise<void> {
  const warnings = new Warnings(systemClock, emitWarning);
  const lease = new Lease(directory, systemClock);
  const catalog = new SegmentCatalog(directory);
  await lease.take();
  try {
    await catalog.scan(lease.owner);
    for (let file = catalog.takeOldest(); file !== undefined; file = catalog.takeOldest()) {
      const claim = await SegmentClaim.take(directory, file, lease.owner, warnings);
      if (!claim) continue;
      try {
        await visit(claim);
      } catch (error) {
        // It may have come to its end before the error.
        await claim.release().catch(() => {});
        throw error;
      }
    }
  } finally {
    await lease.release();
  }
}
