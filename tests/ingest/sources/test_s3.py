"""A bucket on a real server of S3: more objects than one answer has, odd names, objects that look like folders, refusals, a dead server."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from ingest.sources.connect import connect
from ingest.sources.entries import Address, EntryError, SourceError
from tests.ingest.sources.servers.places import RealBucket, s3
from tests.ingest.sources.servers.process import needs
from tests.ingest.sources.servers.s3 import MANY

needs("moto", "flask_cors", "s3fs")

ODD = ("a b+c%41.txt", "a%2Fb.txt", "x?y#z&w=1.txt", "करार/सामंजस्य करार.txt", "覚書/覚書 (2026).txt", "twice//as.txt", "in/in.txt", "é.txt")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealBucket]:
    with s3(tmp_path_factory.mktemp("s3")) as made:
        yield made


@pytest.fixture
def bucket(server: RealBucket, request: pytest.FixtureRequest) -> RealBucket:
    """The server with a prefix of its own for each test, and its wire whole."""
    server.wire.mends()
    server.prefix = request.node.name
    server.address = f"s3://papers/{server.prefix}"
    return server


def listed(address: Address) -> list[str]:
    place = connect(address)
    try:
        return [one.key for one in place.listing({}, "").entries]
    finally:
        place.close()


def content(address: Address, key: str) -> bytes:
    place, out = connect(address), io.BytesIO()
    try:
        place.read(next(one for one in place.listing({}, "").entries if one.key == key), out)
    finally:
        place.close()
    return out.getvalue()


def test_a_bucket_of_more_objects_than_one_answer_has_is_listed_wholly(bucket: RealBucket) -> None:
    bucket.address = "s3://papers/many"
    assert listed(bucket.at()) == sorted(f"{n % 7}/{n}.txt" for n in range(MANY))


def test_objects_of_any_name_are_listed_and_read_and_those_that_look_like_folders_passed_over(bucket: RealBucket) -> None:
    for name in ODD:
        bucket.put(name, f"This is {name}.")
    for folder in ("", "empty/", "करार/", "in/"):
        bucket.put(folder, "")
    bucket.put("../out.txt", "x")
    bucket.client.put_object(Bucket="papers", Key=f"{bucket.prefix}-more/other.txt", Body=b"x")
    assert listed(bucket.at()) == sorted(ODD)
    for name in ODD:
        assert content(bucket.at(), name).decode() == f"This is {name}."
    assert listed(bucket.at("/करार")) == ["सामंजस्य करार.txt"]
    assert listed(bucket.at("/%E8%A6%9A%E6%9B%B8/")) == ["覚書 (2026).txt"]
    assert [one for one in listed(Address("s3", "s3://papers", bucket.options, bucket.secret)) if one.endswith("other.txt")]


def test_an_object_that_is_changed_has_another_etag(bucket: RealBucket) -> None:
    bucket.put("moc.txt", "one")
    place = connect(bucket.at())
    before = place.listing({}, "").entries[0]
    bucket.put("moc.txt", "two")
    after = place.listing({}, "").entries[0]
    bucket.delete("moc.txt")
    with pytest.raises(EntryError, match="went while"):
        place.read(after, io.BytesIO())
    place.close()
    assert (before.size, before.path) == (after.size, after.path)
    assert before.etag != after.etag


@pytest.mark.parametrize(
    ("below", "options", "secret", "told"),
    [
        ("", {}, "marigold-wharf-7", "does not let its papers be listed .*signature.* Check the access key"),
        ("", {"user": "AKIAEXAMPLE"}, None, "does not let its papers be listed .*does not exist.* Check the access key"),
        ("-none/x", {}, None, "There is no s3://papers-none/x. Check the address"),
    ],
)
def test_a_wrong_key_and_a_bucket_that_is_not_there_are_told(bucket: RealBucket, below: str, options: dict[str, str], secret, told) -> None:
    bucket.address = "s3://papers"
    with pytest.raises(SourceError, match=told) as refused:
        listed(bucket.at(below, secret, **options))
    assert bucket.secret not in str(refused.value)
    assert "marigold-wharf-7" not in str(refused.value)


def test_a_prefix_below_which_is_nothing_is_told_and_is_no_error(bucket: RealBucket) -> None:
    place = connect(bucket.at("/none"))
    found = place.listing({}, "")
    place.close()
    assert found.entries == ()
    assert found.notes == (f"There is nothing at {bucket.address}/none. If there should be, check the address.",)


def test_a_listing_that_breaks_off_after_its_first_answer_is_no_listing(bucket: RealBucket) -> None:
    bucket.address = "s3://papers/many"
    bucket.wire.breaks(after=150_000)
    with pytest.raises(SourceError, match="does not answer as it should"):
        listed(bucket.at())


@pytest.mark.slow  # the client tries again, with pauses
def test_an_object_at_which_the_server_dies_is_an_error_and_is_read_when_it_is_back(bucket: RealBucket) -> None:
    bucket.put("long.txt", "The harbour. " * 20_000)
    place, out = connect(bucket.at()), io.BytesIO()
    (entry,) = place.listing({}, "").entries
    bucket.wire.breaks(after=100_000)
    with pytest.raises(SourceError, match="does not answer as it should"):
        place.read(entry, out)
    bucket.wire.mends()
    out = io.BytesIO()
    place.read(entry, out)
    place.close()
    assert len(out.getvalue()) == entry.size == 260_000
