"""How each library's optimizer descends: 120 steps with the library's own gradient and its own update, in float64."""

from functools import partial

import numpy as np

STEPS = 120


def noise(count, strength):
    """Give the weights of all terms in all steps; strength 0: ones."""
    random = np.random.Generator(np.random.PCG64(1))
    return 1.0 + strength * random.uniform(-1.0, 1.0, (STEPS, count))


def by_pytorch(make, hyperparameters, problem, strengths):
    """Descend by a torch.optim.Optimizer; every question that its step asks is answered by autograd."""
    import torch

    # what an optimizer keeps beside its tensors (NAdam's product of momenta) has the default type
    torch.set_default_dtype(torch.float64)
    paths = []
    for strength in strengths:
        theta = torch.tensor(problem.start, requires_grad=True)
        optimizer = make([theta], **hyperparameters)
        rows = [problem.start]

        def asked(weights, theta=theta, optimizer=optimizer):
            optimizer.zero_grad()
            loss = problem.loss(torch, theta[0], theta[1], weights)
            loss.backward()
            return loss

        for weights in torch.from_numpy(noise(problem.count, strength)):
            optimizer.step(partial(asked, weights))
            rows.append(theta.tolist())
        paths.append(np.array(rows))
    return paths


def by_keras(make, hyperparameters, problem, strengths):
    """Descend by a keras.optimizers.Optimizer on JAX."""
    import keras

    keras.config.set_floatx("float64")
    optimizer = make(**hyperparameters)
    optimizer.build([keras.Variable(problem.start, dtype="float64")])
    begun = [variable.value for variable in optimizer.variables]

    def update(gradient, state, theta):
        (theta,), state = optimizer.stateless_apply(state, [gradient], [theta])
        return theta, state

    return _by_jax(update, lambda theta: begun, problem, strengths)


def by_optax(make, hyperparameters, problem, strengths):
    """Descend by an optax.GradientTransformation."""
    import optax

    optimizer = make(**hyperparameters)

    def update(gradient, state, theta):
        updates, state = optimizer.update(gradient, state, theta)
        return optax.apply_updates(theta, updates), state

    return _by_jax(update, optimizer.init, problem, strengths)


def _by_jax(update, init, problem, strengths):
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    def loss(theta, weights):
        return problem.loss(jnp, theta[0], theta[1], weights)

    def step(carry, weights):
        theta, state = carry
        theta, state = update(jax.grad(loss)(theta, weights), state, theta)
        return (theta, state), theta

    @jax.jit
    def descended(start, weights):
        return jax.lax.scan(step, (start, init(start)), weights)[1]

    start = jnp.array(problem.start)
    return [
        np.vstack([problem.start, np.asarray(descended(start, jnp.array(noise(problem.count, strength))))])
        for strength in strengths
    ]
