"""Certificates of a server under test, and their key."""

from pathlib import Path

KEY = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgUYTbFggxEUKFm0GV
cky7T5UtX6lMzwJOP3psSDttltKhRANCAAQ2HYkg0SjfZ8oRRvArCqHnfYySiqab
MaUjf27rJJahico2Ulhl6qHxwfjLZt20u4tGXTPuRF5clWhecY+yPw1z
-----END PRIVATE KEY-----
"""
SELF = """\
-----BEGIN CERTIFICATE-----
MIIBeDCCAR2gAwIBAgIBEDAKBggqhkjOPQQDAjAWMRQwEgYDVQQDDAt2ZW5kb3Iu
dGVzdDAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFjEUMBIGA1UE
AwwLdmVuZG9yLnRlc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ2HYkg0Sjf
Z8oRRvArCqHnfYySiqabMaUjf27rJJahico2Ulhl6qHxwfjLZt20u4tGXTPuRF5c
lWhecY+yPw1zo1owWDAWBgNVHREEDzANggt2ZW5kb3IudGVzdDAPBgNVHRMBAf8E
BTADAQH/MA4GA1UdDwEB/wQEAwIChDAdBgNVHQ4EFgQUVJJ1WUjBj9FWlWsTpVeF
6/Vplk8wCgYIKoZIzj0EAwIDSQAwRgIhAO38CNgpK9WMRT9FlP4nN5XUhbtRmeEz
dd04rx4gUe7ZAiEAqBShmjYz67OkLOunAotMQDErpUvtaTgOlIyaSk18oZE=
-----END CERTIFICATE-----
"""
"""Self-signed, for vendor.test, until 2120; only tests use it."""

LEAF = """\
-----BEGIN CERTIFICATE-----
MIIBljCCATygAwIBAgIBETAKBggqhkjOPQQDAjAXMRUwEwYDVQQDDAxub2JvZHkg
a25vd3MwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBYxFDASBgNV
BAMMC3ZlbmRvci50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAENh2JINEo
32fKEUbwKwqh532MkoqmmzGlI39u6ySWoYnKNlJYZeqh8cH4y2bdtLuLRl0z7kRe
XJVoXnGPsj8Nc6N4MHYwFgYDVR0RBA8wDYILdmVuZG9yLnRlc3QwDAYDVR0TAQH/
BAIwADAOBgNVHQ8BAf8EBAMCB4AwHQYDVR0OBBYEFFSSdVlIwY/RVpVrE6VXhev1
aZZPMB8GA1UdIwQYMBaAFEuOyy6CjqmKobnpu48gQJpPKlW8MAoGCCqGSM49BAMC
A0gAMEUCIG+Hh1dsOjOSoHtbS0EOusqR6bifB7Dkd2dOz97dHjHxAiEAzcEPywLW
+Hku90qpg8IrhPCk8MXkAG0okZk0xGohcfo=
-----END CERTIFICATE-----
"""
"""For vendor.test, with the same key, signed by an unknown authority."""


def write_certificates(folder: Path) -> None:
    """Write `self.pem`, `leaf.pem` and their `key.pem`."""
    for name, text in (("key.pem", KEY), ("self.pem", SELF), ("leaf.pem", LEAF)):
        (folder / name).write_text(text)
