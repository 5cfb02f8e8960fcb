"""Signature wrapping: the eight published forms (Somorovsky et al., “On Breaking SAML”), with moves.

A good document is taken apart: what is signed stays somewhere, so that its signature is valid, and what a
careless reader finds first says something else.
"""

import copy
import random
from collections.abc import Callable
from typing import Any

from lxml import etree

from tests.accounts.school.identity.saml_idp import NS

DS, SAML, SAMLP = (f"{{{NS[name]}}}" for name in ("ds", "saml", "samlp"))


class Wrapping:
    """Makes wrapped documents. `victim` is whom the hostile assertion names."""

    def __init__(self, dice: random.Random, victim: str) -> None:
        self.dice, self.victim = dice, victim
        #: The forms whose signature is on the response come first.
        self.of_response: list[Callable[[Any], Any]] = [self.xsw1, self.xsw2]
        self.of_assertion: list[Callable[[Any], Any]] = [
            *(self.xsw3, self.xsw4, self.xsw5, self.xsw6, self.xsw7, self.xsw8)
        ]

    def xsw1(self, root: Any) -> Any:
        """The signed response lies in the signature of the hostile one."""
        evil = self._evil(root)
        evil.find(f"{DS}Signature").append(self._without_signature(root))
        return evil

    def xsw2(self, root: Any) -> Any:
        """The signed response lies beside its signature, in the hostile one."""
        evil = self._evil(root)
        signature = evil.find(f"{DS}Signature")
        (signature.addprevious if self._coin() else signature.addnext)(self._without_signature(root))
        return evil

    def xsw3(self, root: Any) -> Any:
        """The hostile assertion is the first of two."""
        good = root.find(f"{SAML}Assertion")
        (good.addprevious if self._coin() else good.addnext)(self._evil(good, signed=self._coin()))
        return root

    def xsw4(self, root: Any) -> Any:
        """The signed assertion lies in the hostile one."""
        good = root.find(f"{SAML}Assertion")
        evil = self._evil(good, signed=False)
        root.replace(good, evil)
        evil.insert(self.dice.randrange(len(evil) + 1), good)
        return root

    def xsw5(self, root: Any) -> Any:
        """The hostile assertion has the signature, the signed one follows without it."""
        good = root.find(f"{SAML}Assertion")
        root.replace(good, self._evil(good))
        root.insert(len(root) if self._coin() else 1, self._without_signature(good))
        return root

    def xsw6(self, root: Any) -> Any:
        """The hostile assertion has the signature, and the signed one lies in that."""
        good = root.find(f"{SAML}Assertion")
        evil = self._evil(good)
        root.replace(good, evil)
        evil.find(f"{DS}Signature").append(self._without_signature(good))
        return root

    def xsw7(self, root: Any) -> Any:
        """The hostile assertion lies in an element that may hold anything."""
        good = root.find(f"{SAML}Assertion")
        box = etree.Element(f"{SAMLP}Extensions")
        box.append(self._evil(good, signed=self._coin()))
        root.insert(1, box)
        return root

    def xsw8(self, root: Any) -> Any:
        """The signed assertion lies in an object of the signature that the hostile one has."""
        good = root.find(f"{SAML}Assertion")
        evil = self._evil(good)
        root.replace(good, evil)
        box = etree.SubElement(evil.find(f"{DS}Signature"), f"{DS}Object")
        box.append(self._without_signature(good))
        return root

    def _evil(self, good: Any, *, signed: bool = True) -> Any:
        """A copy that names the victim, with an ID of one of the kinds that readers confuse."""
        evil = copy.deepcopy(good)
        if not signed:
            evil = self._without_signature(evil)
        for element in evil.iter(f"{SAML}NameID", f"{SAML}AttributeValue"):
            element.text = self.victim
        move = self.dice.choice(["same", "other", "none", "empty", "beside"])
        if move == "other":
            evil.set("ID", "_evil")
        elif move == "none":
            evil.attrib.pop("ID")
        elif move == "empty":
            evil.set("ID", "")
        elif move == "beside":  # another attribute that some take for the ID
            evil.set("Id", evil.attrib.pop("ID"))
        return evil

    def _without_signature(self, element: Any) -> Any:
        plain = copy.deepcopy(element)
        for one in plain.findall(f"{DS}Signature"):
            plain.remove(one)
        return plain

    def _coin(self) -> bool:
        return self.dice.random() < 0.5
