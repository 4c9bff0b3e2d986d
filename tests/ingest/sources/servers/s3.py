"""A server of S3 (moto) that checks keys and signatures. Run with the name of a bucket: it says its port, an access key and the secret."""

from __future__ import annotations

import sys

from tests.ingest.sources.servers.process import say_ready, wait_for_the_end

MANY = 1005
"""Objects below ``many/``: more than one answer of a listing has."""
POLICY = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}]}'


def main(bucket: str) -> None:
    import boto3
    from moto import settings
    from moto.core import DEFAULT_ACCOUNT_ID
    from moto.s3.models import s3_backends
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    _, port = server.get_host_and_port()
    said = {"region_name": "us-east-1", "endpoint_url": f"http://127.0.0.1:{port}"}
    said |= {"aws_access_key_id": "first", "aws_secret_access_key": "first"}
    iam = boto3.client("iam", **said)
    iam.create_user(UserName="asha")
    iam.put_user_policy(UserName="asha", PolicyName="papers", PolicyDocument=POLICY)
    key = iam.create_access_key(UserName="asha")["AccessKey"]
    boto3.client("s3", **said).create_bucket(Bucket=bucket)
    for n in range(MANY):
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].put_object(bucket, f"many/{n % 7}/{n}.txt", b"x")
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    say_ready(port, key["AccessKeyId"], key["SecretAccessKey"])
    wait_for_the_end()


if __name__ == "__main__":
    main(*sys.argv[1:])
