export const owner = 'owner';

/** Roles in one community, from the one that may do most. */
export const communityRoles = ['admin', 'editor', 'operator', 'viewer'] as const;

/** The roles that every tenant has. */
export const builtInRoles = [owner, ...communityRoles] as const;
