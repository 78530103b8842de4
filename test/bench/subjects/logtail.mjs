/** Without its burst protection, which drops all but 10,000 records in 5 s, where the burst has to fit. */
export const logtailOptions = ({ endpoint, isRoomy }) => ({
  endpoint: `${endpoint}/logtail`,
  ...(isRoomy ? { burstProtectionMax: 0, syncQueuedMax: -1 } : {}),
});
