"""What every route may use: the kernel, and the services of its own wing."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Request

from server.kernel import Kernel


def kernel_of(request: Request) -> Kernel:
    kernel: Kernel = request.app.state.kernel
    return kernel


WithKernel = Annotated[Kernel, Depends(kernel_of)]


def services_of(kind: type[Any]) -> Any:
    """A dependency: the services of the wing whose class this is, as its slice has given them."""

    def find(request: Request) -> Any:
        return request.app.state.services[kind]

    return Depends(find)
