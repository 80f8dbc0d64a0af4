/** The salt of every ramp that names none, so that ramps written in code and in files take the same tenants first. */
export const defaultSalt = 'engramia-cutover';
