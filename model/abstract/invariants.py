"""All that always holds of the abstract store: what it promises, and what carries the proof of that."""

from model.abstract import carrying, holding, promises

ALL = (
    *promises.PROMISES,
    *holding.HOLDING,
    *holding.WRITING,
    *holding.READING,
    *carrying.RECOVERY,
    *carrying.CHANGE,
    *carrying.FORGETTING,
)
PROPERTIES = tuple(named.name for named in promises.PROMISES)
