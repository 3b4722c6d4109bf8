"""Tell what a summary says under each of its headings, as it is declared where runs are recorded."""

from sim.core.outputs import Kind, Topic, fields_of
from sim.core.record import RUNS
from sim.ensemble.store.schema import TABLES


def topic_labels(topic: Topic) -> dict[str, str]:
    """Return what people call the quantities under a heading, by name; what has a day goes by what happens on it.

    Parameters
    ----------
    topic
        The heading.
    """
    fields = [field for field in fields_of(TABLES[RUNS].row) if field.output.topic is topic]
    return {
        field.name.removesuffix("_day") if field.output.kind is Kind.DAY else field.name: field.output.label
        for field in fields
    }
