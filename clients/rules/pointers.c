/* Knows where a certificate says what revocation needs. */
#include "clients/rules/pointers.h"

#include "clients/facts/serial.h"

#include "core/text.h"

#include <stdio.h>
#include <string.h>

/* id-pe-tlsfeature 1.3.6.1.5.5.7.1.24, id-pe-authorityInfoAccess …1.1, id-ad-ocsp …48.1,
 * id-ad-caIssuers …48.2, id-ce-noRevAvail 2.5.29.56 */
#define OID_TLS_FEATURE         "\x2b\x06\x01\x05\x05\x07\x01\x18"
#define OID_AUTHORITY_INFO      "\x2b\x06\x01\x05\x05\x07\x01\x01"
#define OID_AD_OCSP             "\x2b\x06\x01\x05\x05\x07\x30\x01"
#define OID_AD_CA_ISSUERS       "\x2b\x06\x01\x05\x05\x07\x30\x02"
#define OID_NO_REV_AVAIL        "\x55\x1d\x38"
#define OID_DISTRIBUTION_POINTS "\x55\x1d\x1f"
#define OID_SUBJECT_ALT_NAME    "\x55\x1d\x11"
#define FEATURE_STATUS          5 /* RFC 7633 section 4.2.3: status_request */
#define GENERAL_NAME_URI        DER_CONTEXT(6)
#define GENERAL_NAME_ADDRESS    DER_CONTEXT(7)

/* "8 usable URLs" and "512 bytes" of core/url_fault.def. */
_Static_assert(MAX_URLS == 8 && URL_TEXT_MAX == 512, "the texts of URL faults name these limits");

/* Further ones are left out: the first say enough. */
static void note_unusable(struct url_list *list, struct der bytes, enum url_fault why)
{
	struct text shown;
	if (list->num_unusable == MAX_URLS)
		return;
	struct unusable_url *one = &list->unusable[list->num_unusable++];
	text_init(&shown, 0);
	text_append_visible(&shown, (const char *)bytes.at, bytes.len);
	snprintf(one->url, sizeof one->url, "%s", text_string(&shown));
	one->why = why;
	text_clear(&shown);
}

static void note_fault(struct url_list *list, const char *what, enum url_fault why)
{
	note_unusable(list, der_of(what, strlen(what)), why);
}

/* The kinds of GeneralName (RFC 5280 section 4.2.1.6), by the number of their tag. */
static const char *kind_of_name(int tag)
{
	static const char *const kinds[] = {"otherName",   "rfc822Name",    "dNSName",
					    "x400Address", "directoryName", "ediPartyName",
					    "URI",         "iPAddress",     "registeredID"};
	size_t number = (size_t)tag & 0x1f;
	return number < sizeof kinds / sizeof *kinds ? kinds[number] : "unknown kind of name";
}

/* A GeneralName that says where something is. */
static void keep_pointer(struct url_list *list, int tag, struct der content)
{
	enum url_fault why;
	if (tag != GENERAL_NAME_URI) {
		note_fault(list, kind_of_name(tag), URL_FAULT_NOT_A_URL);
	} else if (!url_is_usable(content.at, content.len, &why)) {
		note_unusable(list, content, why);
	} else if (list->num == MAX_URLS) {
		note_unusable(list, content, URL_FAULT_TOO_MANY);
	} else {
		memcpy(list->urls[list->num], content.at, content.len);
		list->urls[list->num++][content.len] = '\0';
	}
}

static void read_features(struct certificate_facts *out, struct der value)
{
	struct der list;
	int feature;
	if (!der_take(&value, &list, DER_SEQUENCE))
		return;
	while (der_take_number(&list, &feature, DER_INTEGER))
		if (feature == FEATURE_STATUS)
			out->must_staple = true;
}

/* Where one AccessDescription points (RFC 5280 section 4.2.2.1); false: it does not parse. */
static bool read_access(struct certificate_facts *out, struct der access)
{
	struct der method, location;
	int tag;
	if (!der_take(&access, &method, DER_OID) || !der_take_any(&access, &tag, &location))
		return false;
	if (DER_IS(method, OID_AD_OCSP))
		keep_pointer(&out->ocsp, tag, location);
	else if (DER_IS(method, OID_AD_CA_ISSUERS))
		keep_pointer(&out->issuer, tag, location);
	return access.len == 0;
}

/* What does not parse may have named a responder. */
static void read_authority_info(struct certificate_facts *out, struct der value)
{
	struct der list = {NULL, 0}, access;
	bool readable = der_take(&value, &list, DER_SEQUENCE) && value.len == 0;
	while (readable && list.len > 0)
		readable = der_take(&list, &access, DER_SEQUENCE) && read_access(out, access);
	if (!readable)
		note_fault(&out->ocsp, "authorityInfoAccess", URL_FAULT_UNREADABLE);
}

/* The names of a DistributionPoint (RFC 5280 section 4.2.1.13); false: it does not parse. */
static bool read_point(struct url_list *out, struct der point)
{
	struct der name, full, content;
	int tag;
	/* Without a name the CRL is in the directory, under the name of its issuer. */
	if (!der_take(&point, &name, DER_CONSTRUCTED(0))) {
		note_fault(out, "cRLIssuer", URL_FAULT_NOT_A_URL);
		return point.len > 0;
	}
	if (!der_take(&name, &full, DER_CONSTRUCTED(0))) {
		note_fault(out, "nameRelativeToCRLIssuer", URL_FAULT_NOT_A_URL);
		return der_take_any(&name, &tag, &content);
	}
	while (full.len > 0) {
		if (!der_take_any(&full, &tag, &content))
			return false;
		keep_pointer(out, tag, content);
	}
	return true;
}

static void read_distribution_points(struct certificate_facts *out, struct der value)
{
	struct der list = {NULL, 0}, point;
	bool readable = der_take(&value, &list, DER_SEQUENCE) && value.len == 0;
	while (readable && list.len > 0)
		readable = der_take(&list, &point, DER_SEQUENCE) && read_point(&out->crl, point);
	if (!readable)
		note_fault(&out->crl, "cRLDistributionPoints", URL_FAULT_UNREADABLE);
}

static void read_extensions(struct certificate_facts *out, struct der list)
{
	struct der_extension extension;
	while (der_take_extension(&list, &extension)) {
		if (DER_IS(extension.id, OID_TLS_FEATURE))
			read_features(out, extension.value);
		else if (DER_IS(extension.id, OID_AUTHORITY_INFO))
			read_authority_info(out, extension.value);
		else if (DER_IS(extension.id, OID_NO_REV_AVAIL))
			out->no_rev_avail = true;
		else if (DER_IS(extension.id, OID_DISTRIBUTION_POINTS))
			read_distribution_points(out, extension.value);
	}
}

void pointers_read(struct certificate_facts *out, const struct certificate *certificate)
{
	struct der validity = certificate->validity;
	bool readable;
	*out = (struct certificate_facts){.present = true};
	serial_print(out->serial, sizeof out->serial, certificate->serial.at,
		     certificate->serial.len);
	der_take_time(&validity, &out->not_before, &readable, DER_TIME_SHORT | DER_TIME_OFFSET);
	der_take_time(&validity, &out->not_after, &readable, DER_TIME_SHORT | DER_TIME_OFFSET);
	read_extensions(out, certificate->extensions);
}

bool pointers_have_address(const struct certificate *certificate, struct der address)
{
	struct der value, list, name;
	int tag;
	if (!certificate_extension(&value, certificate, der_of(OID_SUBJECT_ALT_NAME, 3)) ||
	    !der_take(&value, &list, DER_SEQUENCE))
		return false;
	while (der_take_any(&list, &tag, &name))
		if (tag == GENERAL_NAME_ADDRESS && der_same(name, address))
			return true;
	return false;
}
