/**
 * What a gate takes for no harm, a quarter of a point: of ramps of equal legs with 10 % of pairs that differ, 1.8 in 100 are
 * rolled back at alpha 0.05 within 10,000 pairs that are all looked at, where 0 gives 3.3 (10,000 and 40,000 simulated ramps);
 * what is 10 points worse is found as soon.
 */
export const leastHarm = 0.0025;
