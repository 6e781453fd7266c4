"""Lists of jobs, as their callers see them: by what a job has, in order, page by page, on their way and ended."""

from uuid import uuid4

from tests.support.product import ONE_OF_THREE, QPU, Product, circuit


async def ids(product: Product, **query: str) -> list[str]:
    """The ids that a list gives, read two at a time."""
    listed: list[str] = []
    query["top"] = "2"
    while True:
        answer = await product.api.get("/jobs", params=query)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        listed += [job["id"] for job in page["jobs"]]
        if page["continuation"] is None:
            return listed
        query["continuation"] = page["continuation"]


async def test_a_job_is_in_its_lists_from_its_order_to_long_after_its_end(product: Product) -> None:
    """By name, tag, target and phase as it is now; housekeeping files what has ended, and nobody notices."""
    word = uuid4().hex
    waits = await product.ended(circuit(tags={"story": word}, target=QPU) | {"name": f"{word} b"})
    quick = await product.ended(circuit(tags={"story": word}) | {"name": f"{word} a"})

    async def seen() -> list[list[str]]:
        return [
            await ids(product, name=word),
            await ids(product, name=word, target=QPU),
            sorted(await ids(product, tag=f"story={word}")),
            sorted(await ids(product, tag=f"story={word}", phase="succeeded")),
            await ids(product, tag=f"story={word}", phase="waiting"),
        ]

    on_their_way = await seen()
    await product.come_to_rest()
    await product.keep_house()

    both = sorted([quick["id"], waits["id"]])
    assert on_their_way == [[quick["id"], waits["id"]], [waits["id"]], both, both, []]
    assert await seen() == on_their_way


async def test_a_token_of_another_list_is_a_400_that_says_so(product: Product) -> None:
    """A page that is not of the list that was asked for would be worse than none."""
    for _ in range(2):
        await product.submit(circuit())
    token = (await product.api.get("/jobs", params={"top": "1"})).json()["continuation"]

    answers = [
        await product.api.get("/jobs", params={"continuation": token, **other})
        for other in ({"order": "oldest"}, {"provider": "ionq"}, {"continuation": token[:-4] + "AAAA"})
    ]

    assert [answer.status_code for answer in answers] == [400] * 3
    assert {answer.json()["errors"][0]["field"] for answer in answers} == {"continuation"}
    assert all("with the same filters and order" in answer.json()["detail"] for answer in answers)


async def test_wrong_filters_are_named_all_at_once(product: Product) -> None:
    """Each with the remedy, among them those that no list has together."""
    query = {"colour": "red", "phase": "asleep", "from": "soon", "target": "a.qpu", "provider": "b"}

    answer = await product.api.get("/jobs", params=query)

    assert answer.status_code == 400
    assert [fault["field"] for fault in answer.json()["errors"]] == ["colour", "phase", "from", "provider"]


async def test_counts_of_many_jobs_are_added_up(product: Product) -> None:
    """By tag: what was used, and what was left out and why; unequal registers are not mixed."""
    word = uuid4().hex
    two = ONE_OF_THREE.replace('"qubits": 3', '"qubits": 2')
    orders = [circuit(tags={"sum": word}) for _ in range(3)]
    orders[2]["input"] = {"format": "ionq.circuit.v1", "text": two}
    jobs = [await product.ended(order) for order in orders]

    total = (await product.api.get("/counts", params={"tag": f"sum={word}", "order": "newest"})).json()
    by_id = (await product.api.get("/counts", params={"ids": f"{jobs[0]['id']},{jobs[1]['id']},{uuid4()}"})).json()

    assert {*total["jobs"], *(job["id"] for job in total["leftOut"])} == {job["id"] for job in jobs}
    assert {job["code"] for job in total["leftOut"]} == {"UnequalRegisters"}
    assert (by_id["counts"], by_id["shots"], by_id["probabilities"]) == ({"100": 20}, 20, {"100": 1.0})
    assert [job["code"] for job in by_id["leftOut"]] == ["NotFound"]
