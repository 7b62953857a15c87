/**
 * What functions count for CloudWatch, and what alarms watch: both take the names from here, so that no alarm waits for
 * a metric that nobody writes. The namespace is the deployment's name.
 */
export const metrics = {
  /** Places in which the seller's own description differs from our catalogue; 0 when it was read and does not. */
  catalogueDrift: { name: 'CatalogueDrift', service: 'auditor' },
  /** 1 when that description could not be read, otherwise 0. */
  catalogueUnreadable: { name: 'CatalogueUnreadable', service: 'auditor' },
} as const;

export type HouseMetric = (typeof metrics)[keyof typeof metrics];
