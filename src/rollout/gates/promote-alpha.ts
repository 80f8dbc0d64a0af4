/** Chance to promote what is worse by the margin. Not split over the gates: a ramp needs the pass of every one. */
export const promoteAlpha = 0.05;
