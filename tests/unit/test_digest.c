/* SPDX-License-Identifier: GPL-3.0-or-later */
/* test_digest.c - proves that each digest under its name is the one the world knows by it, that
 * bytes out of order give no digest, and that FIPS mode refuses in words. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include <cmocka.h>

#include "rawright/digest.h"
#include "rawright/text.h"

/* The values of "" and "abc" that are not libgcrypt's: Python's hashlib and OpenSSL 3 gave those
 * that they know; for Tiger, Streebog and GOST they are what other implementations test with. */
static const struct vector {
	const char *name, *empty, *abc;
} vectors[] = {
	{ "sha256",
	  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
	  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
	{ "md5",
	  "d41d8cd98f00b204e9800998ecf8427e",
	  "900150983cd24fb0d6963f7d28e17f72" },
	{ "sha1",
	  "da39a3ee5e6b4b0d3255bfef95601890afd80709",
	  "a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "sha224",
	  "d14a028c2a3a2bc9476102bb288234c415a2b01f828ea62ac5b3e42f",
	  "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7" },
	{ "sha384",
	  "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da"
	  "274edebfe76f65fbd51ad2f14898b95b",
	  "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
	  "8086072ba1e7cc2358baeca134c825a7" },
	{ "sha512",
	  "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
	  "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
	  "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
	  "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f" },
	{ "sha512-224",
	  "6ed0dd02806fa89e25de060c19d3ac86cabb87d6a0ddd05c333b84f4",
	  "4634270f707b6a54daae7530460842e20e37ed265ceee9a43e8924aa" },
	{ "sha512-256",
	  "c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a",
	  "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23" },
	{ "sha3-224",
	  "6b4e03423667dbb73b6e15454f0eb1abd4597f9a1b078e3f5b5a6bc7",
	  "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf" },
	{ "sha3-256",
	  "a7ffc6f8bf1ed76651c14756a061d662f580ff4de43b49fa82d80a4b80f8434a",
	  "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532" },
	{ "sha3-384",
	  "0c63a75b845e4f7d01107d852e4c2485c51a50aaaa94fc61995e71bbee983a2a"
	  "c3713831264adb47fb6bd1e058d5f004",
	  "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b2"
	  "98d88cea927ac7f539f1edf228376d25" },
	{ "sha3-512",
	  "a69f73cca23a9ac5c8b567dc185a756e97c982164fe25859e0d1dcc1475c80a6"
	  "15b2123af1f5f94c11e3e9402c3ac558f500199d95b6d3e301758586281dcd26",
	  "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e"
	  "10e116e9192af3c91a7ec57647e3934057340b4cf408d5a56592f8274eec53f0" },
	{ "blake2b",
	  "786a02f742015903c6c6fd852552d272912f4740e15847618a86e217f71f5419"
	  "d25e1031afee585313896444934eb04b903a685b1448b755d56f701afe9be2ce",
	  "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
	  "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923" },
	{ "blake2b-160",
	  "3345524abf6bbe1809449224b5972c41790b6cf2",
	  "384264f676f39536840523f284921cdc68b6846b" },
	{ "blake2b-256",
	  "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
	  "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319" },
	{ "blake2b-384",
	  "b32811423377f52d7862286ee1a72ee540524380fda1724a6f25d7978c6fd324"
	  "4a6caf0498812673c5e05ef583825100",
	  "6f56a82c8e7ef526dfe182eb5212f7db9df1317e57815dbda46083fc30f54ee6"
	  "c66ba83be64b302d7cba6ce15bb556f4" },
	{ "blake2s",
	  "69217a3079908094e11121d042354a7c1f55b6482ca1a51e1b250dfd1ed0eef9",
	  "508c5e8c327c14e2e1a72ba34eeb452f37458b209ed63a294d999b4c86675982" },
	{ "blake2s-128",
	  "64550d6ffe2c0a01a14aba1eade0200c",
	  "aa4938119b1dc7b87cbad0ffd200d0ae" },
	{ "blake2s-160",
	  "354c9c33f735962418bdacb9479873429c34916f",
	  "5ae3b99be29b01834c3b508521ede60438f8de17" },
	{ "blake2s-224",
	  "1fa1291e65248b37b3433475b2a0dd63d54a11ecc4e3e034e7bc1ef4",
	  "0b033fc226df7abde29f67a05d3dc62cf271ef3dfea4d387407fbd55" },
	{ "sm3",
	  "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
	  "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" },
	{ "rmd160",
	  "9c1185a5c5e9fc54612808977ee8f548b2258d31",
	  "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc" },
	{ "tiger",
	  "3293ac630c13f0245f92bbb1766e16167a4e58492dde73f3",
	  "2aab1484e8c158f2bfb8c5ff41b57a525129131c957b5f93" },
	{ "tiger2",
	  "4441be75f6018773c206c22745374b924aa8313fef919f41",
	  "f68d7bc5af4b43a06e048d7829560d4a9415658bb0b1f3bf" },
	{ "tiger-be",
	  "24f0130c63ac933216166e76b1bb925ff373de2d49584e7a",
	  "f258c1e88414ab2a527ab541ffc5b8bf935f7b951c132951" },
	{ "whirlpool",
	  "19fa61d75522a4669b44e39c1d2e1726c530232130d407f89afee0964997f7a7"
	  "3e83be698b288febcf88e3e03c4f0757ea8964e59b63d93708b138cc42a66eb3",
	  "4e2448a4c6f486bb16b6562c73b4020bf3043e3a731bce721ae1b303d97e6d4c"
	  "7181eebdb6c57e277d0e34957114cbd6c797fc9d95d8b582d225292076d4eef5" },
	{ "streebog-256",
	  "3f539a213e97c802cc229d474c6aa32a825a360b2a933a949fd925208d9ce1bb",
	  "4e2919cf137ed41ec4fb6270c61826cc4fffb660341e0af3688cd0626d23b481" },
	{ "streebog-512",
	  "8e945da209aa869f0455928529bcae4679e9873ab707b55315f56ceb98bef0a7"
	  "362f715528356ee83cda5f2aac4c6ad2ba3a715c1bcd81cb8e9f90bf4c1c1a8a",
	  "28156e28317da7c98f4fe2bed6b542d0dab85bb224445fcedaf75d46e26d7eb8"
	  "d5997f3e0915dd6b7f0aab08d9c8beb0d8c64bae2ab8b3c8c6bc53b3bf0db728" },
	{ "gost94",
	  "ce85b99cc46752fffee35cab9a7b0278abb4c2d2055cff685af4912c49490f8d",
	  "f3134348c44fb1b2a277729e2285ebb5cb5e0f29c975bc753b70497c06a4d51d" },
	{ "gost94-cryptopro",
	  "981e5f3ca30c841487830f84fb433e13ac1101569b9c13584ac483234cd656c0",
	  "b285056dbf18d7392d7677369524dd14747459ed8143997e163b2986f92fd42c" },
	{ "md4",
	  "31d6cfe0d16ae931b73c59d7e0c089c0",
	  "a448017aaf21d8525fc10ae87aa6729d" },
};

static void hash_all(const char *name, const void *data, size_t len, size_t step, char hex[130])
{
	const struct rr_digest_algo *algo = rr_digest_find(name);
	uint8_t value[RR_DIGEST_MAX];
	struct rr_digest *d = NULL;
	struct rr_err err = { 0 };
	rr_autofree char *text = NULL;

	assert_non_null(algo);
	assert_int_equal(rr_digest_open(algo, &d, &err), 0);
	assert_ptr_equal(rr_digest_algo(d), algo);
	for (size_t off = 0; off < len; off += step)
		rr_digest_update(d, 4096 + off, (const char *)data + off,
				 len - off < step ? len - off : step);
	assert_int_equal(rr_digest_bytes(d), len);
	assert_true(rr_digest_final(d, value));
	assert_false(rr_digest_final(d, value));
	rr_digest_close(d);
	text = rr_text_hex(value, algo->size);
	assert_non_null(text);
	(void)snprintf(hex, 130, "%s", text);
}

static void every_digest_has_its_published_values(void **state)
{
	size_t n = sizeof(vectors) / sizeof(*vectors), rows = 0;
	char hex[130];

	(void)state;
	for (size_t i = 0; i < n; i++) {
		hash_all(vectors[i].name, "", 0, 1, hex);
		assert_string_equal(hex, vectors[i].empty);
		hash_all(vectors[i].name, "abc", 3, 3, hex);
		assert_string_equal(hex, vectors[i].abc);
		hash_all(vectors[i].name, "abc", 3, 1, hex);
		assert_string_equal(hex, vectors[i].abc);
	}
	while (rr_digest_at(rows))
		rows++;
	assert_int_equal(rows, n);	/* no digest without a published value here */
}

/* Runs a program, takes its standard output. Returns its status, -1 when it cannot be run. */
static int run(const char *const argv[], char *out, size_t size)
{
	int pipes[2], status;
	size_t got = 0;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(pipes, O_CLOEXEC), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		int null = open("/dev/null", O_WRONLY | O_CLOEXEC);

		if (dup2(pipes[1], 1) >= 0 && dup2(null, 2) >= 0)
			execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	close(pipes[1]);
	while (got + 1 < size && (n = read(pipes[0], out + got, size - 1 - got)) > 0)
		got += (size_t)n;
	out[got] = '\0';
	close(pipes[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) && WEXITSTATUS(status) != 127 ? WEXITSTATUS(status) : -1;
}

#define SAMPLE 100003
static char sample[SAMPLE];
static char sample_path[] = "/tmp/rawright-digest-XXXXXX";

static int make_sample(void **state)
{
	uint32_t x = 2463534242u;
	int fd = mkstemp(sample_path);
	struct rr_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < SAMPLE; i++) {
		x ^= x << 13;
		x ^= x >> 17;
		x ^= x << 5;
		sample[i] = (char)x;
	}
	if (fd < 0 || write(fd, sample, SAMPLE) != SAMPLE || close(fd) < 0)
		return -1;
	return rr_digest_init(&err);
}

static int remove_sample(void **state)
{
	(void)state;
	return unlink(sample_path);
}

/* The last word of a line, without its end. */
static const char *last_word(char *line)
{
	char *space;

	line[strcspn(line, "\n")] = '\0';
	space = strrchr(line, ' ');
	return space ? space + 1 : line;
}

static void compare_cksum(const char *name, const char *algorithm, const char *bits,
			  const char *tag)
{
	const char *argv[] = { "cksum", "-a", algorithm, bits ? "--length" : sample_path,
			 bits, sample_path, NULL };
	char out[512], hex[130];

	assert_int_equal(run(argv, out, sizeof(out)), 0);
	assert_int_equal(strncmp(out, tag, strlen(tag)), 0);
	assert_int_equal(out[strlen(tag)], ' ');
	hash_all(name, sample, SAMPLE, 777, hex);
	assert_string_equal(hex, last_word(out));
	assert_string_equal(rr_digest_find(name)->tag, tag);
	assert_ptr_equal(rr_digest_find_tag(tag), rr_digest_find(name));
}

static void coreutils_agree_and_so_do_their_tags(void **state)
{
	(void)state;
	compare_cksum("md5", "md5", NULL, "MD5");
	compare_cksum("sha1", "sha1", NULL, "SHA1");
	compare_cksum("sha224", "sha224", NULL, "SHA224");
	compare_cksum("sha256", "sha256", NULL, "SHA256");
	compare_cksum("sha384", "sha384", NULL, "SHA384");
	compare_cksum("sha512", "sha512", NULL, "SHA512");
	compare_cksum("sm3", "sm3", NULL, "SM3");
	compare_cksum("blake2b", "blake2b", NULL, "BLAKE2b");
	compare_cksum("blake2b-160", "blake2b", "160", "BLAKE2b-160");
	compare_cksum("blake2b-256", "blake2b", "256", "BLAKE2b-256");
	compare_cksum("blake2b-384", "blake2b", "384", "BLAKE2b-384");
}

static void openssl_agrees(void **state)
{
	static const struct { const char *name, *option; } pair[] = {
		{ "sha512-224", "-sha512-224" }, { "sha512-256", "-sha512-256" },
		{ "sha3-224", "-sha3-224" }, { "sha3-256", "-sha3-256" },
		{ "sha3-384", "-sha3-384" }, { "sha3-512", "-sha3-512" },
		{ "blake2s", "-blake2s256" }, { "blake2b", "-blake2b512" }, { "sm3", "-sm3" },
		{ "rmd160", "-ripemd160" }, { "md4", "-md4" }, { "whirlpool", "-whirlpool" },
	};
	char out[512], hex[130];

	(void)state;
	if (run((const char *[]){ "openssl", "version", NULL }, out, sizeof(out)) != 0)
		skip();
	for (size_t i = 0; i < sizeof(pair) / sizeof(*pair); i++) {
		const char *argv[] = { "openssl", "dgst", "-provider", "legacy", "-provider",
				       "default", pair[i].option, sample_path, NULL };

		assert_int_equal(run(argv, out, sizeof(out)), 0);
		hash_all(pair[i].name, sample, SAMPLE, 4096, hex);
		assert_string_equal(hex, last_word(out));
	}
}

static void names_are_found_however_they_are_typed(void **state)
{
	(void)state;
	assert_ptr_equal(rr_digest_find("SHA-256"), rr_digest_find("sha256"));
	assert_ptr_equal(rr_digest_find("sha512/256"), rr_digest_find("sha512-256"));
	assert_ptr_equal(rr_digest_find("sha3_512"), rr_digest_find("sha3-512"));
	assert_ptr_equal(rr_digest_find("blake2b512"), rr_digest_find("blake2b"));
	assert_ptr_equal(rr_digest_find("BLAKE2b-512"), rr_digest_find("blake2b"));
	assert_ptr_equal(rr_digest_find("blake2s256"), rr_digest_find("blake2s"));
	assert_ptr_equal(rr_digest_find("ripemd160"), rr_digest_find("rmd160"));
	assert_ptr_equal(rr_digest_find("RIPEMD-160"), rr_digest_find("rmd160"));
	assert_null(rr_digest_find("sha25"));
	assert_null(rr_digest_find("sha2567"));
	assert_null(rr_digest_find(""));
	assert_null(rr_digest_find("crc32"));
	assert_null(rr_digest_find("shake128"));
	assert_null(rr_digest_find_tag("sha256"));
}

static void every_name_and_alias_means_one_row_alone(void **state)
{
	const struct rr_digest_algo *algo;

	(void)state;
	for (size_t i = 0; (algo = rr_digest_at(i)); i++) {
		assert_ptr_equal(rr_digest_find(algo->name), algo);
		if (algo->alias)
			assert_ptr_equal(rr_digest_find(algo->alias), algo);
		assert_true(algo->size > 0 && algo->size <= RR_DIGEST_MAX);
	}
}

static void a_list_keeps_order_and_takes_each_once(void **state)
{
	struct rr_digest_list list = { 0 };
	struct rr_err err = { 0 };

	(void)state;
	assert_int_equal(rr_digest_list_parse("sha256,md5,SHA-256", &list, &err), 0);
	assert_int_equal(rr_digest_list_parse("md5,sha1", &list, &err), 0);
	assert_int_equal(list.n, 3);
	assert_string_equal(list.algo[0]->name, "sha256");
	assert_string_equal(list.algo[1]->name, "md5");
	assert_string_equal(list.algo[2]->name, "sha1");
	for (size_t i = 0; rr_digest_at(i); i++)
		assert_int_equal(rr_digest_list_add(&list, rr_digest_at(i), &err), 0);
	assert_int_equal(list.n, sizeof(vectors) / sizeof(*vectors));
}

static void an_unknown_name_is_a_usage_error_with_the_names(void **state)
{
	static const char *const bad[] = { "sha255", "", "md5,", ",md5", "md5,,sha1", "md5 sha1" };
	struct rr_digest_list list = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct rr_err err = { 0 };

		assert_int_equal(rr_digest_list_parse(bad[i], &list, &err), -1);
		assert_int_equal(err.kind, RR_USAGE);
		if (i == 0) {
			assert_non_null(strstr(err.text, "sha255"));
			assert_non_null(strstr(err.text, "sha256, md5"));
			assert_non_null(strstr(err.text, "gost94-cryptopro, md4"));
		}
	}
}

static void bytes_out_of_order_give_no_digest(void **state)
{
	static const struct { uint64_t second; bool good; } order[] = {
		{ 3, true }, { 2, false }, { 4, false }, { 0, false },
	};
	uint8_t value[RR_DIGEST_MAX];
	struct rr_err err = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++) {
		struct rr_digest *d;

		assert_int_equal(rr_digest_open(rr_digest_find("sha1"), &d, &err), 0);
		rr_digest_update(d, 0, "abc", 3);
		rr_digest_update(d, order[i].second, "def", 3);
		rr_digest_update(d, order[i].second + 3, "ghi", 3);
		assert_int_equal(rr_digest_final(d, value), order[i].good);
		rr_digest_close(d);
	}
	rr_digest_close(NULL);
}

static void crc_is_that_of_zip_and_begins_anew_each_time(void **state)
{
	struct rr_err err = { 0 };
	struct rr_crc *c;

	(void)state;
	assert_int_equal(rr_crc_open(&c, &err), 0);
	rr_crc_update(c, "123456789", 9);
	assert_int_equal(rr_crc_take(c), 0xcbf43926u);
	assert_int_equal(rr_crc_take(c), 0);
	rr_crc_update(c, "12345", 5);
	rr_crc_update(c, "6789", 4);
	assert_int_equal(rr_crc_take(c), 0xcbf43926u);
	rr_crc_update(c, "\0\0\0\0", 4);
	assert_int_equal(rr_crc_take(c), 0x2144df1cu);
	rr_crc_close(c);
	rr_crc_close(NULL);
}

/* The other half of the next test, in a process that was told to be in FIPS mode. */
static int fips_child(void)
{
	struct rr_digest_list list = { 0 };
	struct rr_digest *d = NULL;
	struct rr_err err = { 0 };
	struct rr_crc *c = NULL;

	if (rr_digest_init(&err) < 0)
		return 10;
	if (!rr_digest_fips())
		return 11;
	if (rr_digest_list_parse("sha256,md5", &list, &err) == 0 || err.kind != RR_REFUSED)
		return 12;
	if (!strstr(err.text, "md5 is not allowed") || !strstr(err.text, "FIPS mode") ||
	    list.n != 1)
		return 13;
	if (rr_digest_open(rr_digest_find("md5"), &d, &err) == 0 || err.kind != RR_SYSTEM)
		return 14;
	if (rr_digest_list_parse("sha1,sha512,sha3-256", &list, &err) < 0)
		return 15;
	if (rr_crc_open(&c, &err) < 0)
		return 16;
	rr_crc_close(c);
	return 0;
}

static void fips_mode_refuses_md5_in_words(void **state)
{
	char self[4096], out[16];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	const char *argv[] = { "env", "LIBGCRYPT_FORCE_FIPS_MODE=1", self, "fips", NULL };

	(void)state;
	assert_true(n > 0);
	self[n] = '\0';
	assert_false(rr_digest_fips());
	assert_int_equal(run(argv, out, sizeof(out)), 0);
}

static void the_library_says_its_version(void **state)
{
	(void)state;
	assert_int_equal(strncmp(rr_digest_library(), "libgcrypt 1.", 12), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_digest_has_its_published_values),
		cmocka_unit_test(coreutils_agree_and_so_do_their_tags),
		cmocka_unit_test(openssl_agrees),
		cmocka_unit_test(names_are_found_however_they_are_typed),
		cmocka_unit_test(every_name_and_alias_means_one_row_alone),
		cmocka_unit_test(a_list_keeps_order_and_takes_each_once),
		cmocka_unit_test(an_unknown_name_is_a_usage_error_with_the_names),
		cmocka_unit_test(bytes_out_of_order_give_no_digest),
		cmocka_unit_test(crc_is_that_of_zip_and_begins_anew_each_time),
		cmocka_unit_test(fips_mode_refuses_md5_in_words),
		cmocka_unit_test(the_library_says_its_version),
	};

	if (argc > 1 && strcmp(argv[1], "fips") == 0)
		return fips_child();
	return cmocka_run_group_tests(tests, make_sample, remove_sample);
}
