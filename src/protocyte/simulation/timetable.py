"""When a protocol's own windows and visits let it know what it needs of a participant."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import final

from protocyte.protocol.endpoint import Endpoint, ResponderEndpoint, ResponseEndpoint
from protocyte.protocol.plan import Protocol
from protocyte.simulation.casebook import Casebook


@final
@dataclass(frozen=True, slots=True)
class Timetable:
    """The days from which on something is known of a participant.

    Parameters
    ----------
    protocol : Protocol
        The plan.
    """

    protocol: Protocol

    def due(self, case: Casebook, endpoint: str | None) -> date:
        """Return the day on which all that a decision needs is known of an infused person.

        Parameters
        ----------
        case : Casebook
            Who it is.
        endpoint : str or None
            The response that the decision needs, if it needs one.

        Returns
        -------
        date
            The day after the last window and visit; the consent of who was not infused.
        """
        if case.infusion is None:
            return case.consent
        dosing, schedule = self.protocol.dosing, self.protocol.schedule
        days = [self.next_place(case)]
        if dosing and dosing.dlt:
            days.append(dosing.dlt.window.after(case.infusion))
        awaited = self.endpoint(endpoint)
        if isinstance(awaited, ResponseEndpoint):
            last = [schedule.latest_date(v, anchor=case.infusion) for v in schedule.visits]
            days.append(awaited.until.after(case.infusion) if awaited.until else max(last))
        if isinstance(awaited, ResponderEndpoint):
            at = dosing.efficacy.at if dosing and dosing.efficacy else None
            visits = [schedule.visit(name) for name in ([at] if at else awaited.at[:1])]
            days += [schedule.latest_date(v, anchor=case.infusion) for v in visits if v]
        return max(days) + timedelta(days=1)

    def next_place(self, case: Casebook) -> date:
        """Return the first day on which the cohort after a participant's may open.

        Parameters
        ----------
        case : Casebook
            Who it is.

        Returns
        -------
        date
            The infusion, or as long after it as the protocol says; the consent of who was not
            infused.
        """
        if case.infusion is None:
            return case.consent
        dosing = self.protocol.dosing
        if dosing and dosing.cohort.next_after:
            return dosing.cohort.next_after.after(case.infusion)
        return case.infusion

    def endpoint(self, name: str | None) -> Endpoint | None:
        """Return the endpoint of a name, if there is one.

        Parameters
        ----------
        name : str or None
            The name.

        Returns
        -------
        Endpoint or None
            The endpoint.
        """
        ranked = self.protocol.endpoints.ranked()
        return next((endpoint for _, known, endpoint in ranked if known == name), None)
