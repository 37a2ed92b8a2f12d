/* SPDX-License-Identifier: GPL-3.0-or-later */
/* order.c - the order of drives that people expect: sdb before sdaa, loop2 before loop10.
 * Owns: nothing.   Threads: any. */
#include <string.h>

#include "sysfs.h"

static int digits_compare(const char **a, const char **b)
{
	size_t na, nb;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	na = strspn(*a, "0123456789");
	nb = strspn(*b, "0123456789");
	if (na != nb)
		return na < nb ? -1 : 1;
	*a += na;
	*b += nb;
	return strncmp(*a - na, *b - nb, na);
}

/* sda, sdb, sdaa: of two names of one driver (the first two letters) the shorter is the older. */
static int letters_compare(const char **a, const char **b)
{
	size_t na = strcspn(*a, "0123456789"), nb = strcspn(*b, "0123456789");

	if (na != nb && na > 2 && nb > 2 && strncmp(*a, *b, 2) == 0)
		return na < nb ? -1 : 1;
	if (na != nb || strncmp(*a, *b, na) != 0)
		return strncmp(*a, *b, na > nb ? na : nb);
	*a += na;
	*b += nb;
	return 0;
}

int rr_names_compare(const char *a, const char *b)
{
	int order = 0;

	while (!order && (*a || *b)) {
		order = letters_compare(&a, &b);
		if (!order)
			order = digits_compare(&a, &b);
	}
	return order;
}
