/* SPDX-License-Identifier: GPL-3.0-or-later */
/* look.c - how a role looks, with eight colours and without any. No meaning is in a look alone.
 * Owns: nothing.   Threads: any. */
#include "grid.h"

enum { RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN }; /* ECMA-48, 8.3.117 */

struct rr_look rr_look_of(enum rr_role role, bool color)
{
	static const struct rr_look colored[RR_ROLES] = {
		[RR_ROLE_TEXT] = { -1, false, false },	  [RR_ROLE_TITLE] = { -1, false, true },
		[RR_ROLE_LABEL] = { CYAN, false, false }, [RR_ROLE_STRONG] = { -1, true, false },
		[RR_ROLE_GOOD] = { GREEN, false, false }, [RR_ROLE_BUSY] = { CYAN, false, false },
		[RR_ROLE_WARN] = { YELLOW, true, false }, [RR_ROLE_BAD] = { RED, true, false },
		[RR_ROLE_KEY] = { -1, true, true },	  [RR_ROLE_CHOSEN] = { YELLOW, true, true },
	};
	static const struct rr_look plain[RR_ROLES] = {
		[RR_ROLE_TEXT] = { -1, false, false },	[RR_ROLE_TITLE] = { -1, false, true },
		[RR_ROLE_LABEL] = { -1, false, false }, [RR_ROLE_STRONG] = { -1, true, false },
		[RR_ROLE_GOOD] = { -1, false, false },	[RR_ROLE_BUSY] = { -1, false, false },
		[RR_ROLE_WARN] = { -1, true, false },	[RR_ROLE_BAD] = { -1, true, false },
		[RR_ROLE_KEY] = { -1, true, true },	[RR_ROLE_CHOSEN] = { -1, true, true },
	};

	return color ? colored[role] : plain[role];
}
