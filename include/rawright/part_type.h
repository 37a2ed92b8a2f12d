/* SPDX-License-Identifier: GPL-3.0-or-later */
/* part_type.h - what the types of partitions are called. */
#ifndef RR_PART_TYPE_H
#define RR_PART_TYPE_H

/* "EFI system" for a GUID in lower case, "FAT32" for "0x0c"; NULL: not known here, or type is NULL.
 * Sources: UEFI Specification 2.10, 5.3.3; the Discoverable Partitions Specification (UAPI.2);
 * util-linux 2.38, include/pt-mbr-partnames.h, for what stands in MBRs. */
const char *rr_part_type_name(const char *type);

#endif
