"""By HTTP: hand an order in, look it up, fetch its result."""

from datetime import timedelta

from tests.support.product import BELL, SIMULATOR, Product, bell, phases_of


async def test_an_order_becomes_a_job_and_one_answer(product: Product) -> None:
    """The caller hands in a program and later finds its counts in one message on the queue."""
    job = await product.submit(bell())

    answer = await product.answer_to(id=job["id"])

    assert job["phase"] == "accepted"
    assert answer["type"] == "quantumjobs.job.succeeded"
    assert answer["subject"] == job["id"]
    assert answer["data"]["result"]["counts"].keys() <= {"00", "11"}
    assert sum(answer["data"]["result"]["counts"].values()) == 100


async def test_the_202_says_where_to_ask(product: Product) -> None:
    """Location leads to the job, and Retry-After says when to look."""
    accepted = await product.post(bell())

    job = await product.api.get(f"{product.host.url}{accepted.headers['location']}")

    assert int(accepted.headers["retry-after"]) >= 1
    assert job.json()["id"] == accepted.json()["id"]


async def test_a_job_that_ended_tells_its_way(product: Product) -> None:
    """The job view names the phases in their order, and the workspace's own status beside them."""
    await product.set_target("ionq.qpu.aria-1", executionSeconds=3600)
    ended = await product.ended(bell(target="ionq.qpu.aria-1"))

    job = await product.job(ended["id"])

    assert phases_of(job) == ["accepted", "staging", "waiting", "executing", "collecting", "succeeded"]
    assert (job["azureStatus"], job["providerId"], job["error"]) == ("Succeeded", "ionq", None)
    assert "input" not in job


async def test_the_result_is_there_when_the_job_has_succeeded(product: Product) -> None:
    """The result holds counts, probabilities and times, and names the raw output that was kept."""
    ended = await product.ended(bell())

    answer = await product.api.get(f"/jobs/{ended['id']}/result")

    result = answer.json()
    assert answer.status_code == 200
    assert result == ended["result"]
    assert (result["target"], result["shots"]) == (SIMULATOR, 100)
    assert abs(sum(result["probabilities"].values()) - 1) < 1e-9
    container, _, name = result["rawBlob"].partition("/")
    raw = await (await product.blobs.get_blob_client(container, name).download_blob()).readall()
    assert b"Histogram" in raw


async def test_a_result_that_is_not_there_yet_is_409_with_the_phase(product: Product) -> None:
    """Who asks too early is told how far the job is."""
    with product.time_held():
        job = await product.submit(bell(target="ionq.qpu.aria-1"))
        await product.job_in(job["id"], "waiting")

        answer = await product.api.get(f"/jobs/{job['id']}/result")

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["phase"] == "waiting"


async def test_an_unknown_job_is_404(product: Product) -> None:
    """An id that no job has, or that is none, is not found."""
    paths = ["/jobs/6f1c5b0e-6a2f-5d7e-9a43-3d1f0a6a7c11", "/jobs/bell", "/jobs/..%2F..%2Fhealth", "/jobs/x/result"]

    answers = [await product.api.get(path) for path in paths]

    assert [answer.status_code for answer in answers] == [404] * len(paths)


async def test_a_path_or_method_that_is_not_there_is_a_problem(product: Product) -> None:
    """Whoever mistypes an address is told the nearest one, or the methods that it takes; the description lists all."""
    lost, wrong = await product.api.get("/job"), await product.api.put("/jobs", content=b"{}")
    described = (await product.api.get("/openapi.json")).json()

    assert (lost.status_code, lost.headers["Content-Type"]) == (404, "application/problem+json")
    assert lost.json()["detail"].endswith("Did you mean /api/jobs?")
    assert (wrong.status_code, wrong.headers["Allow"]) == (405, "POST, GET")
    assert described["openapi"] == "3.1.0"
    assert "/api/jobs" in described["paths"]


async def test_every_fault_of_an_order_is_named_at_once(product: Product) -> None:
    """Shape, target and program are all looked at before the caller hears back, and nothing is started."""
    program = BELL.replace("cx q[0]", "ccc q[0]")
    order = bell(
        name="faulty", shots=0, targt=1, target="ionq.simulatr", input={"format": "openqasm3", "text": program}
    )

    answer = await product.post(order)

    faults = {fault["field"]: fault for fault in answer.json()["errors"]}
    assert answer.status_code == 400
    assert faults.keys() == {"shots", "targt", "target", "input"}
    assert "'target'" in faults["targt"]["reason"]
    assert SIMULATOR in faults["target"]["reason"]
    assert faults["input"]["line"] == 6
    assert (await product.api.get("/jobs", params={"name": "faulty"})).json()["jobs"] == []


async def test_the_same_key_and_order_are_one_job(product: Product) -> None:
    """An order sent again under its Idempotency-Key is the job that it already is."""
    first = await product.submit(bell(), key="twice")
    await product.answer_to(id=first["id"])

    second = await product.submit(bell(), key="twice")

    ledger = await product.ledger()
    assert second["id"] == first["id"]
    assert second["phase"] == "succeeded"
    assert (len(ledger["jobs"]), len(ledger["executions"])) == (1, 1)


async def test_the_same_key_with_another_order_is_422(product: Product) -> None:
    """A key stands for one order."""
    await product.submit(bell(), key="mine")

    answer = await product.post(bell(shots=7), key="mine")

    assert answer.status_code == 422


async def test_without_a_key_nobody_gets_in(product: Product) -> None:
    """Every door asks for a function key."""
    paths = ["/jobs", "/targets", "/health", "/jobs/6f1c5b0e-6a2f-5d7e-9a43-3d1f0a6a7c11"]

    answers = [await product.api.get(path, headers={"x-functions-key": "guess"}) for path in paths]

    assert [answer.status_code for answer in answers] == [401] * len(paths)


async def test_jobs_are_listed_newest_first_page_by_page(product: Product) -> None:
    """A list leads from page to page until all that fit the filter have been shown once, the last order first."""
    jobs = []
    for number in (2, 0, 4, 1, 3):
        jobs.append(await product.submit(bell(name=f"listed {number}")))
        product.clock.advance(timedelta(seconds=1))

    shown: list[str] = []
    query = {"name": "listed", "order": "newest", "top": "2"}
    while True:
        page = (await product.api.get("/jobs", params=query)).json()
        shown += [job["id"] for job in page["jobs"]]
        if page["continuation"] is None:
            break
        query["continuation"] = page["continuation"]

    assert shown == [job["id"] for job in reversed(jobs)]


async def test_targets_tell_what_they_take(product: Product) -> None:
    """The list of targets names formats, availability and queue time, and its own age."""
    answer = (await product.api.get("/targets")).json()

    simulator = next(target for target in answer["targets"] if target["id"] == SIMULATOR)
    assert simulator["formats"] == ["openqasm2", "openqasm3", "qsharp", "qir.v1", "ionq.circuit.v1"]
    assert simulator["availability"] == "Available"
    assert answer["ageSeconds"] >= 0


async def test_health_names_each_dependency(product: Product) -> None:
    """Whether the app can work is told part by part."""
    answer = await product.api.get("/health")

    assert answer.status_code == 200
    assert answer.json()["checks"].keys() == {
        *("blobs", "index", "answers", "workspace", "vault", "engine"),
        "identity",
    }
