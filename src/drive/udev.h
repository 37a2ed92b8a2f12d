/* SPDX-License-Identifier: GPL-3.0-or-later */
/* udev.h - libudev's objects that clean themselves, and what is asked of them; for src/drive. */
#ifndef RR_DRIVE_UDEV_H
#define RR_DRIVE_UDEV_H

#include <libudev.h>

#include "rawright/drive.h"

static inline void rr_clean_udev(struct udev **udev)
{
	if (*udev)
		(void)udev_unref(*udev);	/* returns NULL */
}

static inline void rr_clean_device(struct udev_device **dev)
{
	if (*dev)
		(void)udev_device_unref(*dev);	/* returns NULL */
}

static inline void rr_clean_enumerate(struct udev_enumerate **e)
{
	if (*e)
		(void)udev_enumerate_unref(*e);	/* returns NULL */
}
#define rr_autoudev	 __attribute__((cleanup(rr_clean_udev)))
#define rr_autodevice	 __attribute__((cleanup(rr_clean_device)))
#define rr_autoenumerate __attribute__((cleanup(rr_clean_enumerate)))

/* props.c. The first of the properties that is there and not empty, with udev's \xNN undone and the
 * spaces around it taken off; NULL: none, or no memory. The caller frees it. */
RR_MUST char *rr_props_text(struct udev_device *dev, const char *const *key);
/* Is the property there, with just this value? */
bool rr_props_is(struct udev_device *dev, const char *key, const char *value);
/* What udev's rules found out of the device, and of the whole disk that it is or is a part of, goes
 * into node, over what sysfs said. Without a running udevd there is nothing, and node stays as it
 * is. */
void rr_props_take(struct udev_device *dev, struct udev_device *whole, struct rr_node *node);

/* parts.c. What is on the device, as udev's blkid saw it; places are sysfs's. */
void rr_parts_take(struct udev_device *dev, struct rr_node *node);

#endif
