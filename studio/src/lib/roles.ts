/** Roles in one community, from the one that may do most. */
export const communityRoles = ['admin', 'editor', 'operator', 'viewer'] as const;

/** Roles in a tenant, which may have roles of its own besides. */
export const roles = ['owner', ...communityRoles] as const;
