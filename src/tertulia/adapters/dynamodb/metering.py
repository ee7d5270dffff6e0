"""Reads that are counted, for what may read a bounded amount only."""

from typing import Any

from tertulia.adapters.dynamodb.database import Database
from tertulia.adapters.dynamodb.sizes import read_units


class MeteredDatabase(Database):
    """`units` is what was read so far, in read units as DynamoDB bills them: of a query all items together, of other
    reads each item by itself. Of what a projection leaves out nothing is known, so that counts too little: it is for
    single attributes of small items."""

    units: int = 0

    async def _call(self, operation: str, /, **parameters: Any) -> dict[str, Any]:
        answer = await super()._call(operation, **parameters)
        match operation:
            case "query":
                self.units += read_units(answer["Items"])
            case "get_item":
                self.units += read_units([answer.get("Item", {})])
            case "batch_get_item":
                self.units += sum(read_units([item]) for items in answer["Responses"].values() for item in items)
        return answer
