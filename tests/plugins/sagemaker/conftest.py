"""One container, one S3 server and one service for a module of tests."""

import pytest
import scored_remotely


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with scored_remotely.remote(tmp_path_factory.mktemp("container")) as remote:
        yield remote


@pytest.fixture
def remote(servers):
    """The servers without jobs, and with all well."""
    servers.sagemaker.forget()
    yield servers
    servers.sagemaker.go_on.set()


@pytest.fixture
def machine(tmp_path, remote):
    """machine(**settings) gives a machine whose date was not scored; its URL is its own, so that jobs are new."""

    def new(name: str = "data", **settings: object):
        url = f"s3://scoring/{tmp_path.name}"
        return scored_remotely.machine(tmp_path / name, remote, **{"sagemaker_url": url} | settings)

    return new
