// What is measured beside ours: login, refresh and me, as an Express backend with Prisma usually has them.
// PORT, DATABASE_URL and WORKERS (processes) come from the environment.
import { createHash, randomBytes } from 'node:crypto'
import cluster from 'node:cluster'
import argon2 from 'argon2'
import cookieParser from 'cookie-parser'
import express from 'express'
import jwt from 'jsonwebtoken'
import { PrismaPg } from '@prisma/adapter-pg'
import { PrismaClient } from '@prisma/client'
import { z } from 'zod'

const WEEK = 7 * 24 * 60 * 60 * 1000
const SECRET = process.env.JWT_SECRET
const COST = { type: argon2.argon2id, memoryCost: 19456, timeCost: 2, parallelism: 1 }

const Login = z.object({ email: z.email(), password: z.string().min(8) })

const workers = Number(process.env.WORKERS ?? 1)
if (workers > 1 && cluster.isPrimary) {
  for (let worker = 0; worker < workers; worker++) cluster.fork()
} else {
  await serve()
}

async function serve() {
  const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 10 })
  const prisma = new PrismaClient({ adapter })
  const dummy = await argon2.hash('the password of nobody', COST)

  const app = express()
  app.disable('x-powered-by')
  app.use(express.json())
  app.use(cookieParser())

  app.post('/api/auth/login', async (request, response) => {
    const parsed = Login.safeParse(request.body)
    if (!parsed.success) return refuse(response, 'Invalid email or password')
    const { email, password } = parsed.data
    const user = await prisma.user.findUnique({ where: { email } })
    const isRight = await argon2.verify(user?.passwordHash ?? dummy, password)
    if (!user || !isRight) return refuse(response, 'Invalid email or password')
    const token = randomBytes(32).toString('base64url')
    await prisma.refreshToken.create({ data: fresh(token, user.id) })
    setCookie(response, token)
    response.json({ accessToken: accessToken(user), user: shown(user) })
  })

  app.post('/api/auth/refresh', async (request, response) => {
    const old = request.cookies.refresh_token
    if (!old) return refuse(response, 'Refresh token required')
    const row = await prisma.refreshToken.findUnique({
      where: { tokenHash: hashOf(old) },
      include: { user: true },
    })
    const isGood = row && !row.revokedAt && row.expiresAt > new Date()
    if (!isGood) return refuse(response, 'Invalid or expired token')
    const token = randomBytes(32).toString('base64url')
    const rotated = await prisma.$transaction(async (transaction) => {
      const { count } = await transaction.refreshToken.updateMany({
        where: { id: row.id, revokedAt: null },
        data: { revokedAt: new Date() },
      })
      if (count === 1) await transaction.refreshToken.create({ data: fresh(token, row.userId) })
      return count === 1
    })
    if (!rotated) return refuse(response, 'Invalid or expired token')
    setCookie(response, token)
    response.json({ accessToken: accessToken(row.user) })
  })

  app.get('/api/auth/me', async (request, response) => {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ')
    if (scheme !== 'Bearer') return refuse(response, 'Access token required')
    let claims
    try {
      claims = jwt.verify(token, SECRET, { algorithms: ['HS256'] })
    } catch {
      return refuse(response, 'Invalid or expired token')
    }
    const user = await prisma.user.findUnique({ where: { id: claims.sub } })
    if (!user) return refuse(response, 'Invalid or expired token')
    response.json(shown(user))
  })

  app.listen(Number(process.env.PORT), '127.0.0.1')
}

function refuse(response, error) {
  response.status(401).json({ error })
}

function hashOf(token) {
  return createHash('sha256').update(token).digest('hex')
}

function fresh(token, userId) {
  return { tokenHash: hashOf(token), userId, expiresAt: new Date(Date.now() + WEEK) }
}

function accessToken({ id, role }) {
  return jwt.sign({ sub: id, role }, SECRET, { algorithm: 'HS256', expiresIn: '15m' })
}

function setCookie(response, token) {
  response.cookie('refresh_token', token, {
    httpOnly: true,
    maxAge: WEEK,
    path: '/api/auth',
    sameSite: 'strict',
    secure: true,
  })
}

function shown({ id, email, name, role }) {
  return { id, email, name, role }
}
