export const owner = 'owner';

/** The roles that every tenant has, from the one that may do most. */
export const builtInRoles = [owner, 'admin', 'editor', 'operator', 'viewer'];
